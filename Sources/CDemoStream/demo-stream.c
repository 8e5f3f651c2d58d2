#include "demo-stream.h"

// C's #embed takes no time; as a Swift array literal the same bytes take the compiler a minute and a half.
#pragma clang diagnostic ignored "-Wc23-extensions"
static const uint8_t stream[] = {
#embed "demo-stream.ndjson.gz"
};

const uint8_t *nudged_demo_stream(void) { return stream; }

size_t nudged_demo_stream_length(void) { return sizeof(stream); }

static const uint8_t rules[] = {
#embed "trial.yaml"
};

const uint8_t *nudged_demo_rules(void) { return rules; }

size_t nudged_demo_rules_length(void) { return sizeof(rules); }
