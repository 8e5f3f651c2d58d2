#ifndef NUDGED_DEMO_STREAM_H
#define NUDGED_DEMO_STREAM_H

#include <stddef.h>
#include <stdint.h>

// The events of `nudged demo`: gzip of JSON lines in the Segment form, cut by bench/cut-demo-stream.py.
const uint8_t *nudged_demo_stream(void);

// How many bytes they are.
size_t nudged_demo_stream_length(void);

// The rule file of `nudged demo`, the same as rules/trial.yaml.
const uint8_t *nudged_demo_rules(void);

// How many bytes it has.
size_t nudged_demo_rules_length(void);

#endif
