# Two words: `make demo` shows the sample city, `make test` checks everything. Nothing but Python 3.11+ is assumed.
PYTHON ?= python3
RUN = .venv/bin

.PHONY: demo test check rules fmt docs messages serve bench

demo:      ; @$(PYTHON) tools/prepare.py && $(RUN)/jiangheng demo
test:      ; @$(PYTHON) tools/prepare.py --dev && $(RUN)/python tools/checks.py
check:     ; @$(PYTHON) tools/prepare.py --dev && $(RUN)/python tools/checks.py --fast
rules:     ; @$(RUN)/python -m pytest -q -p no:django -p no:xdist -m "not hypothesis" --ignore tests/core/test_assembly.py tests/core
fmt:       ; @$(RUN)/ruff check --fix . ; $(RUN)/ruff format .
docs:      ; @$(RUN)/jiangheng docs
messages:  ; @$(RUN)/python tools/messages.py
serve:     ; @$(PYTHON) tools/prepare.py && $(RUN)/jiangheng serve
bench:     ; @for each in benchmarks/bench_*.py; do $(RUN)/python $$each || exit 1; done
