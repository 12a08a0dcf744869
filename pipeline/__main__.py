try:
    from pipeline.cli.main import main

    status = main()
except KeyboardInterrupt:  # before there is anything to tell it to
    status = 2
raise SystemExit(status)
