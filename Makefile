# Two words: `make demo` shows the sample city, `make test` checks everything. Nothing but Python 3.11+ is assumed.
PYTHON ?= python3
RUN = .venv/bin
# the law and what marks become: no database, no texts of standards, no solver
RULES = aspects calendar certno codes direct eligibility eligibility_table identity levels marking panel parameters \
        passing paths person span votes

.PHONY: demo test check rules fmt docs messages serve bench

demo:      ; @$(PYTHON) tools/prepare.py && $(RUN)/jiangheng demo
test:      ; @$(PYTHON) tools/prepare.py --dev && $(RUN)/python tools/checks.py
check:     ; @$(PYTHON) tools/prepare.py --dev && $(RUN)/python tools/checks.py --fast
rules:     ; @$(RUN)/python -m pytest -q -p no:django -p no:xdist -p no:randomly -m "not hypothesis" $(RULES:%=tests/core/test_%.py)
fmt:       ; @$(RUN)/ruff check --fix . ; $(RUN)/ruff format .
docs:      ; @$(RUN)/jiangheng docs
messages:  ; @$(RUN)/python tools/messages.py
serve:     ; @$(PYTHON) tools/prepare.py && $(RUN)/jiangheng serve
bench:     ; @for each in benchmarks/bench_*.py; do $(RUN)/python $$each || exit 1; done
