help:
	@echo demo test
