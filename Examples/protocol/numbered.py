# snippet.worker
import json, sys
for line in sys.stdin:
    question = json.loads(line)
    x = question["x"]
    print(json.dumps({"id": question["id"], "y": (x[0] - 3) ** 2 + x[1] ** 2}), flush=True)
