"""How do I retrieve from the archive in a Haystack pipeline? (pip install 'searchkit[haystack]')"""

from pathlib import Path
from tempfile import TemporaryDirectory

from haystack import Pipeline
from haystack.components.builders import PromptBuilder

import searchkit
from searchkit.hosts.haystack import SearchkitRetriever

TEMPLATE = """{% for each in documents -%}
[{{ each.meta.title }}, {{ each.meta.date }}] {{ each.content[:60] }}
{% endfor %}"""


def main() -> None:
    with TemporaryDirectory() as place:
        folder = Path(place) / "index"
        with searchkit.open(folder) as index:
            index.add("seeds/")
        pipeline = Pipeline()
        pipeline.add_component("retriever", SearchkitRetriever(str(folder), top_k=3))
        pipeline.add_component("prompt", PromptBuilder(TEMPLATE, required_variables=["documents"]))
        pipeline.connect("retriever.documents", "prompt.documents")
        only_dated = {"field": "date", "operator": ">=", "value": "2018"}
        said = pipeline.run({"retriever": {"query": "Huawei carrier", "filters": only_dated}})
        print(said["prompt"]["prompt"])
        pipeline.get_component("retriever").close()


if __name__ == "__main__":
    main()
