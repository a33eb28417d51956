"""How do I give a LangChain program passages it can cite? (pip install 'searchkit[langchain]')"""

from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

import searchkit
from searchkit.hosts.langchain import SearchkitRetriever

PROMPT = ChatPromptTemplate.from_template("Answer from these passages only, and cite them.\n{passages}\nQ: {question}")


def main() -> None:
    with searchkit.open(None) as index:
        index.add("seeds/")
        retriever = SearchkitRetriever(index=index, k=3, options={"language": "en"})

        def cite(documents: list) -> str:
            return "\n".join(f"[{n}] {each.metadata['title']}, {each.metadata['date']}: {each.page_content}"
                             for n, each in enumerate(documents, 1))

        chain = {"passages": retriever | RunnableLambda(cite), "question": RunnablePassthrough()} | PROMPT
        print(chain.invoke("Which Nordic carriers have paused Huawei orders?").to_string())  # | your model


if __name__ == "__main__":
    main()
