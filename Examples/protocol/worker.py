# snippet.worker
import json, sys
for line in sys.stdin:
    x = json.loads(line)
    print((x[0] - 3) ** 2 + x[1] ** 2, flush=True)
