"""The README's first program is compiled and run as it stands.

    readme.py README.md INCLUDE LIBRARY_FOLDER CC...
"""

import json
import os
import re
import subprocess
import sys
import tempfile


def main():
    readme, include, library, *compiler = sys.argv[1:]
    with open(readme, encoding="utf-8") as file:
        program = re.search(r"^```c\n(.*?)^```$", file.read(), re.S | re.M).group(1)
    with tempfile.TemporaryDirectory(prefix="rewapp-readme-") as folder:
        source, binary = os.path.join(folder, "day.c"), os.path.join(folder, "day")
        with open(source, "w", encoding="utf-8") as file:
            file.write(program)
        subprocess.run([*compiler, "-std=c99", "-Wall", "-Wextra", "-Werror", "-I", include, source, "-o", binary,
                        "-L", library, "-lrewapp", f"-Wl,-rpath,{library}"], check=True)
        answer = subprocess.run([binary], check=True, capture_output=True, text=True).stdout
    receipts = json.loads(answer)["receipts"]
    assert [receipt["verdict"] for receipt in receipts] == ["ACCEPTED"] * 6, receipts
    assert (receipts[3]["points"], receipts[5]["points"], receipts[5]["available"]) == (210, 150, 60), receipts


main()
