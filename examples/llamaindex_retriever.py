"""How do I retrieve from the archive in LlamaIndex? (pip install 'searchkit[llamaindex]')"""

import searchkit
from searchkit.hosts.llamaindex import SearchkitRetriever


def main() -> None:
    with searchkit.open(None) as index:
        index.add("seeds/")
        retriever = SearchkitRetriever(index, similarity_top_k=3, each=2)
        for found in retriever.retrieve("Huawei carrier"):
            node = found.node
            place = f"characters {node.start_char_idx} to {node.end_char_idx}"
            print(f"{found.score:.2f} {node.metadata['title']}, {place}")
            print("  ", node.text[:80].replace("\n", " "))
        # RetrieverQueryEngine.from_args(retriever, llm=...) answers with a model.


if __name__ == "__main__":
    main()
