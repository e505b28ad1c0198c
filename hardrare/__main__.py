"""`python -m hardrare scan FOLDER --out OUT`, as the command `hardrare`."""

from hardrare.scan.command import main

if __name__ == "__main__":
    main()
