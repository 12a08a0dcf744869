"""The ledger workbooks, as they are issued."""
