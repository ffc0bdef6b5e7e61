PYTHON ?= python3
RUN := .venv/bin/eventdeck
PLAY := ANSIBLE_CONFIG=playbooks/ansible.cfg .venv-deploy/bin/ansible-playbook -i $(INVENTORY)
LOCK := .venv/bin/uv pip compile -q pyproject.toml --group build
.DEFAULT_GOAL := help
.PHONY: help up down status logs alert-test backup restore destroy demo sample render check test lint bench soak fuzz lock clean deploy deploy-check remove test-servers venv venv-test venv-deploy

help: ## this list; ARGS="..." adds flags to a command, PYTHON=python3.12 chooses the Python
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: venv ## the whole stack in Docker; a second time changes nothing
	@$(RUN) up $(ARGS)

down: venv ## stop the stack and keep its data
	@$(RUN) down $(ARGS)

status: venv ## what runs, how it is, where, and how far behind
	@$(RUN) status $(ARGS)

logs: venv ## what the services say
	@$(RUN) logs $(ARGS)

ifndef INVENTORY
backup: venv ## all that the stack keeps in one file, in backups/; it pauses for seconds
	@$(RUN) backup $(ARGS)

restore: venv ## the stack as it was in a backup: FILE=backups/…
	@$(RUN) restore $(or $(FILE),$(error name a backup: make restore FILE=backups/...)) $(ARGS)
endif

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
	@$(LOCK) --group deploy -c exporter/requirements.txt -o playbooks/requirements.txt $(ARGS)

clean: ## remove .venv and all caches; logs and counts stay
	@rm -rf .venv .venv-deploy playbooks/.cache build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache exporter/*.egg-info
	@find exporter tests -name __pycache__ -prune -exec rm -r {} +

# For servers; with INVENTORY=playbooks/inventory/mine backup and restore are theirs, too.
deploy: venv-deploy ## the stack on the servers of INVENTORY=playbooks/inventory/mine
	@$(PLAY) playbooks/site.yml $(ARGS)

deploy-check: venv-deploy ## what `make deploy` would change, and nothing is
	@$(PLAY) playbooks/site.yml --check --diff $(ARGS)

remove: venv-deploy ## take it off the servers; data is kept
	@$(PLAY) playbooks/remove.yml $(ARGS)

ifdef INVENTORY
backup: venv-deploy
	@$(PLAY) playbooks/backup.yml $(ARGS)

restore: venv-deploy
	@$(PLAY) playbooks/restore.yml -e restore_archive=$(abspath $(FILE)) $(ARGS)
endif

test-servers: venv-test ## the playbooks on booted hosts, as root: ten to twenty-five minutes
	@.venv/bin/python -m pytest tests/playbooks $(ARGS)

venv:
	@$(PYTHON) exporter/bootstrap.py

venv-test:
	@$(PYTHON) exporter/bootstrap.py --test

venv-deploy:
	@test -e "$(INVENTORY)" || { echo "name your inventory: make ... INVENTORY=playbooks/inventory/mine"; exit 2; }
	@$(PYTHON) exporter/bootstrap.py --deploy
