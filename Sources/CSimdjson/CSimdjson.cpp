#define SIMDJSON_EXCEPTIONS 0
#include "CSimdjson.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <simdjson.h>
#include <string_view>
#include <vector>

namespace ondemand = simdjson::ondemand;

struct csj_parser {
  ondemand::parser parser;
  uint8_t *buffer = nullptr;
  size_t capacity = 0;
  std::vector<csj_message> messages;

  ~csj_parser() { std::free(buffer); }

  bool load(const uint8_t *bytes, size_t length) {
    const size_t needed = length + simdjson::SIMDJSON_PADDING;
    if (needed > capacity) {
      uint8_t *grown = static_cast<uint8_t *>(std::realloc(buffer, needed));
      if (grown == nullptr) return false;
      buffer = grown;
      capacity = needed;
    }
    if (length > 0) std::memcpy(buffer, bytes, length);
    std::memset(buffer + length, 0, simdjson::SIMDJSON_PADDING);
    return true;
  }
};

namespace {

bool is_space(uint8_t byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// JSON's grammar of a number, RFC 8259 section 6. On-Demand would only check what it converts.
bool is_number(std::string_view text) {
  size_t at = 0;
  const size_t end = text.size();
  auto digits = [&] {
    const size_t begin = at;
    while (at < end && is_digit(text[at])) at++;
    return at > begin;
  };
  if (at < end && text[at] == '-') at++;
  if (at < end && text[at] == '0') {
    at++;
  } else if (!digits()) {
    return false;
  }
  if (at < end && text[at] == '.') {
    at++;
    if (!digits()) return false;
  }
  if (at < end && (text[at] == 'e' || text[at] == 'E')) {
    at++;
    if (at < end && (text[at] == '+' || text[at] == '-')) at++;
    if (!digits()) return false;
  }
  return at == end;
}

int hex_value(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

/// The code unit of `\uXXXX` at this place, or -1.
int code_unit(std::string_view text, size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int value = 0;
  for (size_t i = at + 2; i < at + 6; i++) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/// Whether the escapes between the quotes are JSON's, and its surrogates come in pairs. Stage one
/// has checked UTF-8, control characters and quotes.
bool has_good_escapes(std::string_view text) {
  size_t at = 0;
  while (true) {
    const void *found = std::memchr(text.data() + at, '\\', text.size() - at);
    if (found == nullptr) return true;
    at = static_cast<size_t>(static_cast<const char *>(found) - text.data());
    if (at + 1 >= text.size()) return false;
    if (text[at + 1] != 'u') {
      if (std::strchr("\"\\/bfnrt", text[at + 1]) == nullptr || text[at + 1] == '\0') return false;
      at += 2;
      continue;
    }
    const int unit = code_unit(text, at);
    if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF)) return false;
    at += 6;
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      const int low = code_unit(text, at);
      if (low < 0xDC00 || low > 0xDFFF) return false;
      at += 6;
    }
  }
}

/// How a value is wanted.
enum class want { checked, raw, text };

/// One pass over a document: every value is checked, those of the envelope are kept as slices.
class reader {
 public:
  reader(csj_parser &owner, size_t length, size_t max_messages, size_t max_depth)
      : owner(owner), end(owner.buffer + length), max_messages(max_messages),
        max_depth(max_depth) {}

  csj_status read(size_t length, csj_document &out) {
    ondemand::document document;
    const auto failure = owner.parser
                             .iterate(simdjson::padded_string_view(
                                 reinterpret_cast<const char *>(owner.buffer), length,
                                 owner.capacity))
                             .get(document);
    if (failure == simdjson::MEMALLOC) return CSJ_NO_MEMORY;
    if (failure) return CSJ_REFUSED;
    const csj_status status = read_root(document, out);
    if (status != CSJ_READ) return status;
    const char *rest;
    if (document.current_location().get(rest) == simdjson::SUCCESS) return CSJ_REFUSED;
    return CSJ_READ;
  }

 private:
  csj_status read_root(ondemand::document &document, csj_document &out) {
    ondemand::json_type type;
    if (document.type().get(type)) return CSJ_REFUSED;
    if (type == ondemand::json_type::array) {
      ondemand::value list;
      if (document.get_value().get(list)) return CSJ_REFUSED;
      out.envelope.whole.kind = CSJ_ARRAY;
      return read_batch(list, 0, out);
    }
    if (type != ondemand::json_type::object) return CSJ_NOT_OBJECT;
    ondemand::object root;
    if (document.get_object().get(root)) return CSJ_REFUSED;
    out.envelope.whole.kind = CSJ_OBJECT;
    return read_message(root, 1, out.envelope, &out);
  }

  csj_parser &owner;
  const uint8_t *end;
  size_t max_messages;
  size_t max_depth;

  /// The place behind a container that was just read to its end: before the next token, less space.
  const uint8_t *behind(ondemand::value &value) {
    const char *next;
    const uint8_t *place = end;
    if (value.current_location().get(next) == simdjson::SUCCESS) {
      place = reinterpret_cast<const uint8_t *>(next);
    }
    while (place > owner.buffer && is_space(place[-1])) place--;
    return place;
  }

  static csj_status key_of(ondemand::field &field, std::string_view &key) {
    const char *begin = field.key().raw();
    const char *place = begin;
    while (*place != '"' && *place != '\\') place++;
    if (*place == '"') {
      key = std::string_view(begin, static_cast<size_t>(place - begin));
      return CSJ_READ;
    }
    return field.unescaped_key().get(key) ? CSJ_REFUSED : CSJ_READ;
  }

  static void keep(csj_slice *out, csj_kind kind, std::string_view text) {
    if (out == nullptr) return;
    out->start = reinterpret_cast<const uint8_t *>(text.data());
    out->length = text.size();
    out->kind = kind;
  }

  static std::string_view token(ondemand::value &value) {
    std::string_view text = value.raw_json_token();
    while (!text.empty() && is_space(static_cast<uint8_t>(text.back()))) text.remove_suffix(1);
    return text;
  }

  csj_status read_string(ondemand::value &value, csj_slice *out, want how) {
    if (how == want::text) {
      std::string_view text;
      if (value.get_string().get(text)) return CSJ_REFUSED;
      keep(out, CSJ_STRING, text);
      return CSJ_READ;
    }
    const std::string_view text = token(value);
    if (text.size() < 2 || text.back() != '"') return CSJ_REFUSED;
    if (!has_good_escapes(text.substr(1, text.size() - 2))) return CSJ_REFUSED;
    keep(out, CSJ_STRING, text);
    return CSJ_READ;
  }

  csj_status read_value(ondemand::value &value, size_t depth, csj_slice *out, want how) {
    ondemand::json_type type;
    if (value.type().get(type)) return CSJ_REFUSED;
    switch (type) {
      case ondemand::json_type::string:
        return read_string(value, out, how);
      case ondemand::json_type::number: {
        const std::string_view text = token(value);
        if (!is_number(text)) return CSJ_REFUSED;
        keep(out, CSJ_NUMBER, text);
        return CSJ_READ;
      }
      case ondemand::json_type::boolean: {
        const std::string_view text = token(value);
        if (text != "true" && text != "false") return CSJ_REFUSED;
        keep(out, CSJ_BOOL, text);
        return CSJ_READ;
      }
      case ondemand::json_type::null: {
        const std::string_view text = token(value);
        if (text != "null") return CSJ_REFUSED;
        keep(out, CSJ_NULL, text);
        return CSJ_READ;
      }
      case ondemand::json_type::array:
      case ondemand::json_type::object:
        return read_container(value, type, depth + 1, out);
    }
    return CSJ_REFUSED;
  }

  csj_status read_container(ondemand::value &value, ondemand::json_type type, size_t depth,
                            csj_slice *out) {
    if (depth > max_depth) return CSJ_TOO_DEEP;
    const char *begin = value.raw_json_token().data();
    const bool is_object = type == ondemand::json_type::object;
    const csj_status status = is_object ? walk_object(value, depth) : walk_array(value, depth);
    if (status != CSJ_READ || out == nullptr) return status;
    keep_container(value, begin, is_object ? CSJ_OBJECT : CSJ_ARRAY, out);
    return CSJ_READ;
  }

  void keep_container(ondemand::value &value, const char *begin, csj_kind kind, csj_slice *out) {
    out->start = reinterpret_cast<const uint8_t *>(begin);
    out->length = static_cast<size_t>(behind(value) - out->start);
    out->kind = kind;
  }

  csj_status walk_object(ondemand::value &value, size_t depth) {
    ondemand::object object;
    if (value.get_object().get(object)) return CSJ_REFUSED;
    for (auto entry : object) {
      ondemand::field field;
      if (std::move(entry).get(field)) return CSJ_REFUSED;
      std::string_view key;
      if (key_of(field, key) != CSJ_READ) return CSJ_REFUSED;
      const csj_status status = read_value(field.value(), depth, nullptr, want::checked);
      if (status != CSJ_READ) return status;
    }
    return CSJ_READ;
  }

  csj_status walk_array(ondemand::value &value, size_t depth) {
    ondemand::array array;
    if (value.get_array().get(array)) return CSJ_REFUSED;
    for (auto entry : array) {
      ondemand::value element;
      if (std::move(entry).get(element)) return CSJ_REFUSED;
      const csj_status status = read_value(element, depth, nullptr, want::checked);
      if (status != CSJ_READ) return status;
    }
    return CSJ_READ;
  }

  static csj_slice *slot(std::string_view key, csj_message &message, want &how) {
    how = want::text;
    switch (key.size()) {
      case 4:
        if (key == "type") return &message.type;
        if (key == "name") return &message.name;
        break;
      case 5:
        if (key == "event") return &message.event;
        if (key == "token") return &message.token;
        break;
      case 6:
        if (key == "userId") return &message.user_id;
        if (key == "sentAt") return &message.sent_at;
        if (key == "traits") return &message.traits;
        break;
      case 7:
        if (key == "groupId") return &message.group_id;
        if (key == "api_key") return &message.api_key;
        if (key == "sent_at") return &message.sent_at;
        break;
      case 8:
        if (key == "writeKey") return &message.write_key;
        how = want::raw;
        if (key == "category") return &message.category;
        break;
      case 9:
        if (key == "messageId") return &message.message_id;
        if (key == "timestamp") return &message.timestamp;
        break;
      case 10:
        if (key == "properties") return &message.properties;
        if (key == "previousId") return &message.previous_id;
        if (key == "receivedAt") return &message.received_at;
        if (key == "traitsOnce") return &message.traits_once;
        break;
      case 11:
        if (key == "anonymousId") return &message.anonymous_id;
        break;
      case 17:
        if (key == "originalTimestamp") return &message.original_timestamp;
        break;
      case 20:
        if (key == "historical_migration") return &message.historical_migration;
        break;
    }
    how = want::checked;
    return nullptr;
  }

  /// The fields of a message; `document` is given for the outermost object, whose `batch` is read.
  csj_status read_message(ondemand::object &object, size_t depth, csj_message &message,
                          csj_document *document) {
    for (auto entry : object) {
      ondemand::field field;
      if (std::move(entry).get(field)) return CSJ_REFUSED;
      std::string_view key;
      if (key_of(field, key) != CSJ_READ) return CSJ_REFUSED;
      csj_status status;
      if (key == "context") {
        status = read_context(field.value(), depth, message);
      } else if (document != nullptr && key == "batch") {
        status = read_batch(field.value(), depth, *document);
      } else {
        want how;
        csj_slice *out = slot(key, message, how);
        status = read_value(field.value(), depth, out, how);
      }
      if (status != CSJ_READ) return status;
    }
    return CSJ_READ;
  }

  csj_status read_context(ondemand::value &value, size_t depth, csj_message &message) {
    message.context_group_id = csj_slice{};
    message.context_traits = csj_slice{};
    ondemand::json_type type;
    if (value.type().get(type)) return CSJ_REFUSED;
    if (type != ondemand::json_type::object) {
      return read_value(value, depth, &message.context, want::raw);
    }
    if (depth + 1 > max_depth) return CSJ_TOO_DEEP;
    const char *begin = value.raw_json_token().data();
    ondemand::object object;
    if (value.get_object().get(object)) return CSJ_REFUSED;
    for (auto entry : object) {
      ondemand::field field;
      if (std::move(entry).get(field)) return CSJ_REFUSED;
      std::string_view key;
      if (key_of(field, key) != CSJ_READ) return CSJ_REFUSED;
      csj_slice *out = nullptr;
      if (key == "groupId") out = &message.context_group_id;
      if (key == "traits") out = &message.context_traits;
      const want how = out == nullptr ? want::checked : want::text;
      const csj_status status = read_value(field.value(), depth + 1, out, how);
      if (status != CSJ_READ) return status;
    }
    keep_container(value, begin, CSJ_OBJECT, &message.context);
    return CSJ_READ;
  }

  csj_status read_batch(ondemand::value &value, size_t depth, csj_document &document) {
    owner.messages.clear();
    ondemand::json_type type;
    if (value.type().get(type)) return CSJ_REFUSED;
    if (type != ondemand::json_type::array) {
      csj_slice slice{};
      const csj_status status = read_value(value, depth, &slice, want::raw);
      document.batch = slice.kind;
      return status;
    }
    document.batch = CSJ_ARRAY;
    if (depth + 1 > max_depth) return CSJ_TOO_DEEP;
    ondemand::array array;
    if (value.get_array().get(array)) return CSJ_REFUSED;
    for (auto entry : array) {
      ondemand::value element;
      if (std::move(entry).get(element)) return CSJ_REFUSED;
      if (owner.messages.size() == max_messages) return CSJ_TOO_MANY;
      owner.messages.push_back(csj_message{});
      const csj_status status = read_item(element, depth + 1, owner.messages.back());
      if (status != CSJ_READ) return status;
    }
    return CSJ_READ;
  }

  csj_status read_item(ondemand::value &value, size_t depth, csj_message &message) {
    ondemand::json_type type;
    if (value.type().get(type)) return CSJ_REFUSED;
    if (type != ondemand::json_type::object) {
      return read_value(value, depth, &message.whole, want::raw);
    }
    if (depth + 1 > max_depth) return CSJ_TOO_DEEP;
    const char *begin = value.raw_json_token().data();
    ondemand::object object;
    if (value.get_object().get(object)) return CSJ_REFUSED;
    const csj_status status = read_message(object, depth + 1, message, nullptr);
    if (status != CSJ_READ) return status;
    keep_container(value, begin, CSJ_OBJECT, &message.whole);
    return CSJ_READ;
  }
};

}  // namespace

csj_parser *csj_parser_new(void) { return new (std::nothrow) csj_parser; }

void csj_parser_free(csj_parser *parser) { delete parser; }

csj_status csj_parse(csj_parser *parser, const uint8_t *bytes, size_t length, size_t max_messages,
                     size_t max_depth, csj_document *out) {
  *out = csj_document{};
  parser->messages.clear();
  if (!parser->load(bytes, length)) return CSJ_NO_MEMORY;
  reader reader(*parser, length, max_messages, max_depth);
  const csj_status status = reader.read(length, *out);
  if (status != CSJ_READ) return status;
  out->messages = parser->messages.data();
  out->count = parser->messages.size();
  const uint8_t *begin = parser->buffer;
  const uint8_t *end = parser->buffer + length;
  while (begin < end && is_space(*begin)) begin++;
  while (end > begin && is_space(end[-1])) end--;
  out->envelope.whole.start = begin;
  out->envelope.whole.length = static_cast<size_t>(end - begin);
  return CSJ_READ;
}
