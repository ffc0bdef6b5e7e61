PYTHON ?= python3
RUN := .venv/bin/eventdeck
LOCK := .venv/bin/uv pip compile -q pyproject.toml --group build
.DEFAULT_GOAL := help
.PHONY: help up down status logs alert-test backup restore destroy demo sample render check test lint bench soak fuzz lock clean venv venv-test

help: ## this list; ARGS="..." adds flags to a command, PYTHON=python3.12 chooses the Python
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: venv ## the whole stack in Docker; a second time changes nothing
	@$(RUN) up $(ARGS)

down: venv ## stop the stack and keep its data
	@$(RUN) down $(ARGS)

status: venv ## what runs, how it is, where, and how far behind
	@$(RUN) status $(ARGS)

logs: venv ## what the services say
	@$(RUN) logs $(ARGS)

backup: venv ## all that the stack keeps in one file, in backups/; it pauses for seconds
	@$(RUN) backup $(ARGS)

restore: venv ## the stack as it was in a backup: FILE=backups/…
	@$(RUN) restore $(or $(FILE),$(error name a backup: make restore FILE=backups/...)) $(ARGS)

alert-test: venv ## send a test alert through the stack and see where it arrives
	@$(RUN) alert-test $(ARGS)

destroy: venv ## remove the stack with its data, after asking
	@$(RUN) destroy $(ARGS)

demo: venv ## exporter, live sample events and the page that shows them; Ctrl-C ends all
	@$(RUN) demo $(ARGS)

sample: venv ## write realistic events into logs/sample.jsonl
	@$(RUN) sample --out logs/sample.jsonl $(ARGS)

render: venv ## write again what follows from exporter/events.yaml
	@$(RUN) render $(ARGS)

check: lint ## the catalogue, the files rendered from it, and lint
	@$(RUN) check --catalogue exporter/events.yaml
	@$(RUN) render --check

test: venv-test ## everything that can be tested on this machine, lint included
	@.venv/bin/python -m pytest $(ARGS)

lint: venv-test ## ruff, mypy strict, yamllint, shellcheck
	@.venv/bin/python tests/config/lint.py

bench: venv-test ## what Eventdeck costs on this machine, beside the bare limit and mtail
	@.venv/bin/python -m tests.bench $(ARGS)

soak: venv-test ## kill -9 two hundred times; ARGS="--minutes 60" measures memory instead
	@.venv/bin/python -m tests.exporter.soak $(ARGS)

fuzz: venv-test ## broken lines for the decoder, for a minute; ARGS=600 for ten
	@.venv/bin/python -m tests.exporter.decode.fuzz $(ARGS)

lock: venv-test ## choose the locked versions again; ARGS=--upgrade takes the newest
	@.venv/bin/python -m pip install --quiet uv
	@$(LOCK) -o exporter/requirements.txt $(ARGS)
	@$(LOCK) --group test -c exporter/requirements.txt -o tests/requirements.txt $(ARGS)

clean: ## remove .venv and all caches; logs and counts stay
	@rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache exporter/*.egg-info
	@find exporter tests -name __pycache__ -prune -exec rm -r {} +

venv:
	@$(PYTHON) exporter/bootstrap.py

venv-test:
	@$(PYTHON) exporter/bootstrap.py --test
