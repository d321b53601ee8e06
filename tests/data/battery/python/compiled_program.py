import os
import sys
from pathlib import Path


def main():
    program = Path(__file__).parent / "bin" / "orchard-mcp"
    os.execv(program, [str(program), *sys.argv[1:]])


if __name__ == "__main__":
    main()
