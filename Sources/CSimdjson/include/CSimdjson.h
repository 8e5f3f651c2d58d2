#ifndef CSIMDJSON_H
#define CSIMDJSON_H
#ifdef __cplusplus
extern "C" {
#endif
int csimdjson_probe(void);
#ifdef __cplusplus
}
#endif
#endif
