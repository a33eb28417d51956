# make demo   index the sample pages and search them
# make test   run all tests            make check   lint and types
# make setup  make the environment     make clean   remove it, and the demo's index
# make versus   10,000 random queries to every engine, answered as by the memory engine
# make hostile-queries   100,000 texts that nobody should type, at 100,000 documents (half an hour or so)
# make test-web   the page in a browser, its accessibility, and requests made from the API's own description (wants Chromium and npm)
# make opensearch-up   start a real OpenSearch of one node on 127.0.0.1 (opensearch-3: of three; opensearch-down: stop it; VERSION=2.19)
# make test-opensearch   the OpenSearch engine against it; against SEARCHKIT_OPENSEARCH_URL where that is set
# make test-opensearch-kill   one of three nodes is killed in the middle of a load
# make test-rerank   the tests of the model that ranks again, in an environment of their own with the extra
# make test-hosts   retrievers and tables in the real frameworks, and all examples, in an environment of their own (700 MB)
# make trust-kill     1,000 kills of a process that changes an index, for each engine that keeps files
# make trust-power    2,000 power cuts, simulated, among all calls to the disk of twenty commits; and as many with ledger for each engine (Linux on x86-64)
# make trust-io       an I/O error, a full disk, no permission, a kill at every call to the disk of four changes
# make trust-calls    a kill, an I/O error, a full disk at every call to the system that changes an index, by whomever (Linux on x86-64)
# make trust-parity   an index built through 50 kills of the program beside one built in one go
# make trust-damage   2,500 damaged copies for each engine
# make trust-price    what forcing files to the disk costs a commit
# make fuzz     20,000 pages, 10,000 archives and 20,000 requests, all changed at random (half an hour or so)
# make hostile  a folder of hostile pages, the largest of them too, made by a script beside this checkout (a minute)
# make readers  100 readers in 8 processes during 1,000 commits
# make memory   what an index, a worker, a server and bombs take, at length
# make lowest   all tests with every dependency at its lower bound (PYTHON: 3.11 or 3.12)
# make wheel    the wheel and the source distribution, installed elsewhere, and the commands of README.md with them
# make lock     requirements-dev.lock and docs/licences.md, from what is installed
# make bench    searchkit beside tantivy, SQLite FTS5 and Whoosh as it comes: 100,000 documents, 200 queries (half an hour)
# make bench-pages, bench-million   from saved pages to an index; a million short documents
# make bench-relevance    ranking on public test collections beside other engines
# make bench-extraction   the extraction beside its peers, in an environment of its own (ten minutes or more)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

WEB := $(VENV)/web
AXE := $(WEB)/axe/package/axe.min.js

OPENSEARCH_TESTS = $(BIN)/python -m pytest tests/engines -k opensearch -rs

.PHONY: bench bench-extraction bench-million bench-pages bench-relevance install-bench demo test test-hosts test-rerank test-web check setup versus hostile-queries clean
.PHONY: fuzz hostile readers memory lowest wheel lock
.PHONY: trust-kill trust-power trust-io trust-calls trust-parity trust-damage trust-price
.PHONY: opensearch-up opensearch-3 opensearch-down test-opensearch test-opensearch-kill

demo: $(READY)
	$(BIN)/searchkit index seeds/
	$(BIN)/searchkit query "Huawei carrier"

test: $(READY)
	$(BIN)/python -m pytest

test-web: $(WEB)/.ready $(AXE)
	WEB_TESTS=all AXE=$(abspath $(AXE)) $(WEB)/bin/python -m pytest tests/web

$(WEB)/.ready: pyproject.toml
	$(PYTHON) -m venv $(WEB)
	$(WEB)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(WEB)/bin/python -m pip install --quiet -e '.[dev,web-test]'
	touch $@

$(AXE): $(WEB)/.ready
	mkdir -p $(WEB)/axe
	cd $(WEB)/axe && npm pack --silent axe-core@4.10 && tar xzf axe-core-*.tgz
	touch $@

test-rerank: $(READY)
	$(PYTHON) -m venv $(VENV)/rerank
	$(VENV)/rerank/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(VENV)/rerank/bin/python -m pip install --quiet -e '.[rerank]' 'pytest>=8.2'
	$(VENV)/rerank/bin/python -m pytest tests/test_reranking.py

test-hosts: $(READY)
	$(PYTHON) -m venv $(VENV)/hosts
	$(VENV)/hosts/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(VENV)/hosts/bin/python -m pip install --quiet -e '.[arrow,haystack,langchain,llamaindex,mcp,pandas,watch,web]' \
		'hypothesis>=6.100' 'pytest>=8.2'
	$(VENV)/hosts/bin/python -m pytest tests/test_hosts.py tests/test_tables.py tests/test_examples.py -rs

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: install-bench
	$(VENV)/speed/bin/python bench/speed.py

bench-pages: install-bench
	$(VENV)/speed/bin/python bench/pages.py

bench-million: install-bench
	$(VENV)/speed/bin/python bench/speed.py --documents 1000000 --words 60 --only searchkit,Index.query,tantivy

# As users have it, not as developers do: an editable installation starts more slowly.
install-bench:
	$(PYTHON) -m venv $(VENV)/speed
	$(VENV)/speed/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	rm -rf build
	$(VENV)/speed/bin/python -m pip install --quiet '.[bench]'

bench-extraction: $(READY)
	$(PYTHON) -m venv $(VENV)/peers
	$(VENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(VENV)/peers/bin/python -m pip install --quiet -e '.[bench-extraction]'
	$(VENV)/peers/bin/python bench/extraction.py

HOSTILE_QUERIES ?= 100000
HOSTILE_DOCUMENTS ?= 100000

versus: $(READY)
	VERSUS_QUERIES=10000 $(BIN)/python -m pytest -s tests/engines/test_versus.py

hostile-queries: $(READY)
	HOSTILE_QUERIES=$(HOSTILE_QUERIES) HOSTILE_DOCUMENTS=$(HOSTILE_DOCUMENTS) $(BIN)/python -m pytest -s tests/search/test_hostile_queries.py

bench-relevance: $(READY)
	$(PYTHON) -m venv $(VENV)/engines
	$(VENV)/engines/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(VENV)/engines/bin/python -m pip install --quiet -e '.[bench-relevance,rerank]'
	$(VENV)/engines/bin/python bench/relevance.py

opensearch-up: $(READY)
	$(BIN)/python tools/opensearch.py up $(if $(VERSION),--version $(VERSION))

opensearch-3: $(READY)
	$(BIN)/python tools/opensearch.py up --nodes 3 $(if $(VERSION),--version $(VERSION))

opensearch-down:
	$(PYTHON) tools/opensearch.py down

test-opensearch: $(READY)
	if [ -n "$$SEARCHKIT_OPENSEARCH_URL" ]; then $(OPENSEARCH_TESTS); else \
		url=$$($(BIN)/python tools/opensearch.py up $(if $(VERSION),--version $(VERSION))) && { SEARCHKIT_OPENSEARCH_URL=$$url $(OPENSEARCH_TESTS); status=$$?; \
		$(BIN)/python tools/opensearch.py down; exit $$status; }; fi

test-opensearch-kill: $(READY)
	$(BIN)/python tools/kill_opensearch_node.py

TRUST_KILLS ?= 1000
TRUST_STATES ?= 2000
TRUST_CASES ?= 2500
TRUST_PAGES ?= 3000
TRUST_SEED ?= 1

trust-kill: $(READY)
	$(BIN)/python -m tests.trust.kill whoosh $(TRUST_KILLS) $(TRUST_SEED)
	$(BIN)/python -m tests.trust.kill tantivy $(TRUST_KILLS) $(TRUST_SEED)

trust-power: $(READY)
	$(BIN)/python -m tests.trust.power $(TRUST_STATES) $(TRUST_SEED)
	$(BIN)/python -m tests.trust.cuts whoosh $(TRUST_STATES) $(TRUST_SEED)
	$(BIN)/python -m tests.trust.cuts tantivy $(TRUST_STATES) $(TRUST_SEED)

trust-io: $(READY)
	$(BIN)/python -m tests.trust.faults whoosh
	$(BIN)/python -m tests.trust.faults tantivy

trust-calls: $(READY)
	$(BIN)/python -m tests.trust.calls whoosh
	$(BIN)/python -m tests.trust.calls tantivy

trust-parity: $(READY)
	$(BIN)/python -m tests.trust.parity whoosh 50 $(TRUST_PAGES) $(TRUST_SEED)
	$(BIN)/python -m tests.trust.parity tantivy 50 $(TRUST_PAGES) $(TRUST_SEED)

trust-damage: $(READY)
	$(BIN)/python -m tests.trust.damage whoosh $(TRUST_CASES) $(TRUST_SEED)
	$(BIN)/python -m tests.trust.damage tantivy $(TRUST_CASES) $(TRUST_SEED)

trust-price: $(READY)
	$(BIN)/python -m tests.trust.price 30

FUZZ_PAGES ?= 20000
FUZZ_ARCHIVES ?= 10000
FUZZ_REQUESTS ?= 20000
FUZZ_SEED ?= 1
READERS_COMMITS ?= 1000
MEMORY_DOCUMENTS ?= 100000

fuzz: $(READY)
	FUZZ_PAGES=$(FUZZ_PAGES) FUZZ_ARCHIVES=$(FUZZ_ARCHIVES) FUZZ_REQUESTS=$(FUZZ_REQUESTS) FUZZ_SEED=$(FUZZ_SEED) \
		$(BIN)/python -m pytest -s tests/trust/test_fuzz_pages.py tests/trust/test_fuzz_archives.py tests/trust/test_fuzz_requests.py

hostile: $(READY)
	HOSTILE_ALL=1 $(BIN)/python -m pytest -s -rs tests/test_hostile.py

readers: $(READY)
	$(BIN)/python -m tests.trust.readers $(READERS_COMMITS) 100 8

memory: $(READY)
	MEMORY_DOCUMENTS=$(MEMORY_DOCUMENTS) $(BIN)/python -m pytest -s tests/trust/test_memory.py

lowest: $(READY)
	$(PYTHON) -m venv $(VENV)/lowest
	$(VENV)/lowest/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python tools/lowest.py dev > $(VENV)/lowest/requirements.txt
	$(VENV)/lowest/bin/python -m pip install --quiet --only-binary :all: -r $(VENV)/lowest/requirements.txt
	$(VENV)/lowest/bin/python -m pip install --quiet --no-deps -e .
	$(VENV)/lowest/bin/python -m pytest

wheel:
	rm -rf build dist
	$(PYTHON) -m venv --clear $(VENV)-wheel
	$(VENV)-wheel/bin/python -m pip install --quiet --disable-pip-version-check build
	$(VENV)-wheel/bin/python -m build --outdir dist . > /dev/null
	$(VENV)-wheel/bin/python -m pip uninstall --quiet --yes build
	$(VENV)-wheel/bin/python -m pip install --quiet --disable-pip-version-check dist/*.whl
	$(VENV)-wheel/bin/python tools/try_wheel.py

lock: $(READY)
	$(BIN)/python tools/lock.py
	$(BIN)/python tools/licences.py

setup: $(READY)

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("searchkit needs Python 3.11 or later: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) $(VENV)-wheel build dist
	find index -mindepth 1 -not -name .gitignore -delete
