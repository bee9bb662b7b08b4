#!/bin/sh
# Runs a script of the server with settings that keep its memory small: 140 MB at rest, and 290 to 315 MB with thousands
# of invoices to bill, each measured (npm run bench -- billing):
# - The compile cache is kept, so Node does not load its TypeScript compiler (20 MB per thread) and starts in half the time.
# - One malloc arena that returns free memory, because threads start and end often (35 MB).
# - A young generation of 8 MB for the requests (jobs have their own limits), and one helper thread of V8 instead of four,
#   which is also faster where two cores run the database as well.
set -eu
cd "$(dirname "$0")/.."
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-.cache/compiled}" MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536 MALLOC_MMAP_THRESHOLD_=65536
exec node --v8-pool-size=1 --max-semi-space-size=8 "$@"
