# make        核对、汇总 input 中的工作簿，生成年报（第一次会先装好所需的软件包）
# make final  定稿：未报齐、签批不齐的不出年报，并说明差什么
# make infographic 同 make，每份年报另出一页图解（也可以写 make 图解）
# make pdf    同 make，每份 Word 年报旁边另存一份 PDF（要装有 LibreOffice）
# make verify 核对 output 和 input/送审 里的 Word 年报，数字是否仍与数据一致
# make ledger 看 input 里的台账：到期、逾期的申请，该更新的栏目；没有台账时生成空白的
# make test   运行测试（make test T=tests/validate 只运行一部分）
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: audit coverage mutants run infographic 图解 final pdf forms ledger verify test test-slow test-all lint pictures bench bench-country
run: $(VENV)/run.stamp
	@$(BIN)/python -m pipeline run || [ $$? -eq 1 ]

infographic: $(VENV)/png.stamp
	@$(BIN)/python -m pipeline run --infographic || [ $$? -eq 1 ]

图解: infographic

final: $(VENV)/run.stamp
	@$(BIN)/python -m pipeline run --final

pdf: $(VENV)/run.stamp
	@$(BIN)/python -m pipeline run --pdf || [ $$? -eq 1 ]

forms: $(VENV)/run.stamp
	@$(BIN)/python -m pipeline forms

ledger: $(VENV)/run.stamp
	@$(BIN)/python -m pipeline ledger || [ $$? -eq 1 ]

verify: $(VENV)/run.stamp
	@$(BIN)/python -m pipeline verify || [ $$? -eq 1 ]

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n auto $(T)

test-slow: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n auto -m slow

test-all: test test-slow

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 或更新的版本，请先安装。"; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements/run.txt | $(BIN)/python
	@echo "正在安装所需的软件包（只在第一次或更新后）……"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/png.stamp: requirements/png.txt $(VENV)/run.stamp
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/png.txt || \
	  echo "这台电脑装不上 resvg-py：图解没有 PNG 图片，其他不受影响。"
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt requirements/png.txt $(VENV)/run.stamp
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt -r requirements/png.txt
	@touch $@

pictures: $(VENV)/dev.stamp
	$(BIN)/python -m tests.pictures

bench: $(VENV)/dev.stamp
	$(BIN)/python -m tests.bench

bench-country: $(VENV)/dev.stamp
	$(BIN)/python -m tests.bench --country

coverage: $(VENV)/dev.stamp
	$(BIN)/python -m coverage run -m pytest
	$(BIN)/python -m coverage report

mutants: $(VENV)/dev.stamp
	$(BIN)/python -m tests.mutants

audit: $(VENV)/dev.stamp
	$(BIN)/python -m tests.advisories $(ADVISORIES)
