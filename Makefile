# `make` alone lists the targets. The virtual environments are made by tools/venv.sh, which does
# nothing when they are up to date.
SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV     := .venv
DEV_VENV := .venv-dev
RECIPE   ?= train/recipes/chars.toml
ARGS     ?=

export PYTHON
# Tests and training find the handwriting data through INKWATCH_DATA; unset, tests that need it are skipped.
ifneq ($(wildcard data/.),)
INKWATCH_DATA ?= $(CURDIR)/data
endif
ifdef INKWATCH_DATA
export INKWATCH_DATA
endif

LIMIT_S  ?= 2700

.PHONY: help run test check bench bench-peers soak format fonts train clean venv venv-dev

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  ARGS=...        more arguments for the program that a target starts:  make test ARGS='-k crop'"
	@echo "  PYTHON=...      which Python to make the virtual environments with"

run: venv ## install what the device needs, then watch: a camera, or the sample video without one
	@$(VENV)/bin/inkwatch $(or $(ARGS),watch --source auto --else sample)

test: venv-dev ## install what the tests need, then run them
	@$(DEV_VENV)/bin/python -m pytest $(ARGS)

check: venv-dev ## formatting, lint, types and import rules
	@$(DEV_VENV)/bin/ruff format --check .
	@$(DEV_VENV)/bin/ruff check .
	@$(DEV_VENV)/bin/mypy
	@$(DEV_VENV)/bin/lint-imports

bench: venv-dev ## what reading costs and how well it reads, beside the targets
	@$(DEV_VENV)/bin/python -m tools.bench $(ARGS)

bench-peers: ## install the other readers that `make bench` compares with
	@sh tools/bench/peers.sh .venv-peers

soak: venv-dev ## hours of a device's life in minutes, beside the targets (LIMIT_S=... seconds at the most)
	@$(DEV_VENV)/bin/python -m tools.soak --limit-s $(LIMIT_S) $(ARGS)

format: venv-dev ## put the code into the project's format
	@$(DEV_VENV)/bin/ruff format .
	@$(DEV_VENV)/bin/ruff check --fix .

fonts: venv-dev ## fetch the handwriting fonts that training draws with
	@$(DEV_VENV)/bin/inkwatch-train fonts fetch $(ARGS)

train: venv-dev ## train the model that ships (RECIPE=... for another); goes on where it was stopped
	@! grep -q '"fonts-' $(RECIPE) || $(DEV_VENV)/bin/inkwatch-train fonts fetch
	@$(DEV_VENV)/bin/inkwatch-train fit $(RECIPE) $(ARGS)
	@echo "Next: $(DEV_VENV)/bin/inkwatch-convert runs/$(basename $(notdir $(RECIPE)))   (writes the bundle; --to says where)" >&2

clean: ## remove the virtual environments and all caches; runs/ and data/ stay
	rm -rf $(VENV) $(DEV_VENV) .venv-tflite .venv-peers build dist *.egg-info
	rm -rf .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find device train convert tests -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	@sh tools/venv.sh $(VENV)

venv-dev: ## install what training and tests need into .venv-dev
	@sh tools/venv.sh $(DEV_VENV) train,dev,mqtt
