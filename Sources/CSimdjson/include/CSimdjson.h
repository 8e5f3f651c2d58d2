#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What kind of JSON value a slice holds.
typedef enum : uint8_t {
  CSJ_ABSENT = 0,
  CSJ_NULL,
  CSJ_BOOL,
  CSJ_NUMBER,
  CSJ_STRING,
  CSJ_ARRAY,
  CSJ_OBJECT,
} csj_kind;

/// A part of a document. For strings that are read the text, unescaped; otherwise the bytes as they
/// stand. Valid until the parser's next document.
typedef struct {
  const uint8_t *start;
  size_t length;
  csj_kind kind;
} csj_slice;

/// The envelope of one message, or of a batch. Contents are slices of checked JSON.
typedef struct {
  csj_slice whole;
  csj_slice type;
  csj_slice message_id;
  csj_slice user_id;
  csj_slice anonymous_id;
  csj_slice group_id;
  csj_slice previous_id;
  csj_slice event;
  csj_slice name;
  csj_slice timestamp;
  csj_slice original_timestamp;
  csj_slice sent_at;
  csj_slice received_at;
  csj_slice write_key;
  csj_slice api_key;
  csj_slice token;
  csj_slice historical_migration;
  /// As it stands, also when it is a string.
  csj_slice category;
  csj_slice properties;
  csj_slice traits;
  /// Of lines of history only: no SDK of Segment's has it.
  csj_slice traits_once;
  csj_slice context;
  csj_slice context_group_id;
  csj_slice context_traits;
} csj_message;

/// One document: its own envelope, and the messages of its `batch`. A document that is a list is a batch with an
/// envelope whose `whole` is an array.
typedef struct {
  csj_message envelope;
  const csj_message *messages;
  size_t count;
  /// What `batch` is.
  csj_kind batch;
} csj_document;

/// How a document was read.
typedef enum {
  CSJ_READ = 0,
  /// simdjson says that this is not JSON.
  CSJ_REFUSED,
  CSJ_NOT_OBJECT,
  CSJ_TOO_MANY,
  CSJ_TOO_DEEP,
  CSJ_NO_MEMORY,
} csj_status;

typedef struct csj_parser csj_parser;

/// A parser, or NULL without memory.
csj_parser *csj_parser_new(void);
void csj_parser_free(csj_parser *parser);

/// Reads one document and checks all of it. The bytes are copied first, so they need no padding.
csj_status csj_parse(csj_parser *parser, const uint8_t *bytes, size_t length, size_t max_messages,
                     size_t max_depth, csj_document *out);

#ifdef __cplusplus
}
#endif
#endif
