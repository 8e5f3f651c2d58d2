#include "CSimdjson.h"
#include <simdjson.h>
int csimdjson_probe(void) { simdjson::ondemand::parser p; return (int)p.max_depth(); }
