#!/usr/bin/env python3
"""Makes C arrays of files: embed.py OUT.c OUT.h FILE...  index.html becomes asset_index_html."""

import os
import re
import sys

HEAD = "/* Made by embed.py. */\n"


def array(data):
    rows = [data[i:i + 24] for i in range(0, len(data), 24)]
    return ",\n\t".join(",".join(str(byte) for byte in row) for row in rows)


def main(out_c, out_h, *paths):
    declarations, definitions = "", ""
    for path in paths:
        symbol = "asset_" + re.sub(r"\W", "_", os.path.basename(path))
        with open(path, "rb") as file:
            data = file.read()
        declarations += f"extern const struct asset {symbol};\n"
        definitions += (f"static const unsigned char bytes_{symbol}[] = {{\n\t{array(data)}\n}};\n"
                        f"const struct asset {symbol} = {{ bytes_{symbol}, sizeof bytes_{symbol} }};\n")
    with open(out_h, "w", encoding="utf-8") as file:
        file.write(f"{HEAD}#ifndef REWAPP_MADE_ASSETS_H\n#define REWAPP_MADE_ASSETS_H\n\n#include <stddef.h>\n\n"
                   "struct asset {\n\tconst unsigned char *bytes;\n\tsize_t size;\n};\n\n"
                   f"{declarations}\n#endif\n")
    with open(out_c, "w", encoding="utf-8") as file:
        file.write(f'{HEAD}#include "{os.path.basename(out_h)}"\n\n{definitions}')


if __name__ == "__main__":
    main(*sys.argv[1:])
