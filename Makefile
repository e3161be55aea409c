# The commands that people and CI call. `make serve` is all a newcomer needs.
PYTHON := .venv/bin/python
# The last of its line, which has no support any more (docs/security.md). Where it can't be fetched, any 3.10 will do.
NEWEST_PYTHON := 3.10.22
UV := $(shell command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1 && echo uv || echo .bootstrap/bin/uv)
export TF_CPP_MIN_LOG_LEVEL ?= 3
export RASA_TELEMETRY_ENABLED ?= false
export SQLALCHEMY_SILENCE_UBER_WARNING ?= 1
# Libraries are compiled once; where that is forbidden, every start takes ten seconds more.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: serve staff test test-fast setup lock lint widget check-deploy deploy/errors sbom clean

serve: setup
	@.venv/bin/ketamine-faq serve

staff: setup
	@.venv/bin/ketamine-faq staff

test: setup
	@$(PYTHON) -m pytest $(TESTS)

# What needs neither a model nor a server.
test-fast: setup
	@$(PYTHON) -m pytest -m fast $(TESTS)

setup: .venv/.complete

.venv/.complete: requirements.txt pyproject.toml | $(UV)
	@UV_HTTP_RETRIES=0 $(UV) venv --quiet --allow-existing --managed-python --python $(NEWEST_PYTHON) .venv 2>/dev/null || \
		$(UV) venv --quiet --allow-existing --python 3.10 .venv
	@echo "Installing the locked dependencies into .venv ..."
	@$(UV) pip sync --quiet --python $(PYTHON) --require-hashes requirements.txt
	@$(UV) pip install --quiet --python $(PYTHON) --no-deps --no-build-isolation --editable .
	@# `rasa test` looks for stories in every folder below, and would take Rasa's own example for ours.
	@rm -rf .venv/lib/python3.10/site-packages/rasa/cli/initial_project/tests
	@touch $@

# A uv that is on the PATH is used as it is (target `uv` is then a name, not a file).
uv: ;
.bootstrap/bin/uv:
	@echo "Fetching uv ..."
	@python3 -m pip install --quiet --disable-pip-version-check --target .bootstrap uv==0.13.9

# All that is worked with, and of it what the image needs: no tool of tests, and no TensorFlow.
LOCK := pip compile --quiet --python-version 3.10 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml
lock: | $(UV)
	@$(UV) $(LOCK) --all-extras --output-file requirements.txt
	@$(UV) $(LOCK) --constraint requirements.txt --override deploy/overrides.txt --output-file deploy/requirements.txt

lint: setup
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && $(PYTHON) -m mypy

# Against the schemas of Kubernetes (which have no Gateway) and Compose; the tools need newer libraries than Rasa allows, so they run apart.
check-deploy: | $(UV)
	@$(UV) tool run --quiet --from check-jsonschema==0.38.2 check-jsonschema --quiet \
		--builtin-schema vendor.compose-spec deploy/compose.yml
	@$(UV) tool run --quiet --from kubernetes-validate==1.37.0 kubernetes-validate --strict --quiet \
		$(filter-out %/gateway.yaml,$(wildcard deploy/kubernetes/*.yaml))

# What nginx itself answers, in the words of content/.
deploy/errors: setup
	@$(PYTHON) -m deploy.write_errors

# What is installed, as a CycloneDX file for a scanner of vulnerabilities.
sbom: setup
	@$(UV) tool run --quiet --from cyclonedx-bom==7.5.0 cyclonedx-py environment --output-file sbom.json .venv
	@echo "sbom.json is written."

# Only after a change to widget/; needs Node. Whoever runs the bot has the built file.
widget:
	@npm ci --prefix widget --no-audit --no-fund --loglevel=error
	@npm run build --prefix widget --silent

clean:
	@rm -rf .venv .bootstrap .rasa models widget/node_modules
