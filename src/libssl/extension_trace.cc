#include "libssl/extension_trace.h"

#include <openssl/ssl.h>

#include "wire/codepoints.h"

namespace ciao::tls {
namespace {

using X = ExtensionType;

bool trace_alpn(const TracePrinter& print, int columns, Reader body) {
  Result<Reader> names = body.reader16();
  if (!names || !body.empty()) return false;
  while (!names->empty()) {
    const Result<ByteView> name = names->vector8();
    if (!name) return false;
    print.indent(columns);
    print.text(as_text(*name));
    print.text("\n");
  }
  return true;
}

// Whose verify_data it holds depends on who sends it (RFC 5746 §3.2).
bool trace_renegotiation_info(const TracePrinter& print, int columns, bool from_server,
                              Reader body) {
  const Result<ByteView> data = body.vector8();
  if (!data || !body.empty()) return false;
  if (data->empty()) {
    print.line(columns + 2, "<EMPTY>");
    return true;
  }
  if (!from_server) {
    print.hex(columns + 2, "client_verify_data", *data);
    return true;
  }
  if (data->size() % 2 != 0) return false;
  const std::size_t half = data->size() / 2;
  print.hex(columns + 2, "client_verify_data", data->first(half));
  print.hex(columns + 2, "server_verify_data", data->subspan(half));
  return true;
}

bool trace_group(const TracePrinter& print, int columns, Reader& reader) {
  const Result<std::uint16_t> group = reader.u16();
  if (!group) return false;
  print.line(columns, "NamedGroup: %s (%d)", trace_name(Traced::group, *group), int{*group});
  return true;
}

bool trace_key_share(const TracePrinter& print, int columns, bool from_server, Reader body) {
  // A HelloRetryRequest has the group alone.
  if (from_server && body.remaining() == 2) return trace_group(print, columns + 2, body);
  if (!from_server) {
    const Result<Reader> shares = body.reader16();
    if (!shares || !body.empty()) return false;
    body = *shares;
  }
  while (!body.empty()) {
    if (body.remaining() < 4) return false;
    Reader rest = body;
    static_cast<void>(rest.u16());
    if (!rest.vector16()) return false;
    if (!trace_group(print, columns + 2, body)) return false;
    if (!print.vector16(columns + 2, "key_exchange: ", body)) return false;
    // A server has one share.
    if (from_server) return body.empty();
  }
  return true;
}

bool trace_versions(const TracePrinter& print, int columns, bool from_server, Reader body) {
  if (from_server) {
    return body.remaining() == 2 && print.list16(columns + 2, Traced::version, body.rest());
  }
  const Result<ByteView> versions = body.vector8();
  return versions && body.empty() && print.list16(columns, Traced::version, *versions);
}

bool trace_whole_vector16(const TracePrinter& print, int columns, Traced what, Reader body) {
  const Result<ByteView> values = body.vector16();
  return values && body.empty() && print.list16(columns, what, *values);
}

bool trace_whole_vector8(const TracePrinter& print, int columns, Traced what, Reader body) {
  const Result<ByteView> values = body.vector8();
  return values && body.empty() && print.list8(columns, what, *values);
}

bool trace_early_data(const TracePrinter& print, int columns, unsigned message, Reader body) {
  if (message != SSL3_MT_NEWSESSION_TICKET) return true;
  const Result<std::uint32_t> limit = body.u32();
  if (!limit || !body.empty()) return false;
  print.line(columns, "max_early_data=%u", *limit);
  return true;
}

bool trace_extension(const TracePrinter& print, int columns, bool from_server, unsigned message,
                     unsigned type, ByteView content) {
  const Reader body(content);
  switch (static_cast<ExtensionType>(type)) {
    case X::max_fragment_length:
      return !content.empty() && print.list8(columns, Traced::fragment_length, content);
    case X::ec_point_formats:
      return trace_whole_vector8(print, columns, Traced::point_format, body);
    case X::supported_groups: return trace_whole_vector16(print, columns, Traced::group, body);
    case X::signature_algorithms: return trace_whole_vector16(print, columns, Traced::scheme, body);
    case X::application_layer_protocol_negotiation: return trace_alpn(print, columns, body);
    case X::renegotiation_info: return trace_renegotiation_info(print, columns, from_server, body);
    case X::session_ticket:
      if (!content.empty()) print.hex(columns + 2, "ticket", content);
      return true;
    case X::key_share: return trace_key_share(print, columns, from_server, body);
    case X::supported_versions: return trace_versions(print, columns, from_server, body);
    case X::psk_key_exchange_modes:
      return trace_whole_vector8(print, columns, Traced::psk_mode, body);
    case X::early_data: return trace_early_data(print, columns, message, body);
    default: print.dump(columns, content); return true;
  }
}

}  // namespace

bool trace_extensions(const TracePrinter& print, int columns, bool from_server, unsigned message,
                      Reader& reader) {
  print.indent(columns);
  if (reader.empty()) {
    print.text("No extensions\n");
    return true;
  }
  const Result<ByteView> block = reader.vector16();
  if (!block) return false;
  if (block->empty()) {
    print.text("No extensions\n");
    return true;
  }
  BIO_printf(print.out(), "extensions, length = %d\n", static_cast<int>(block->size()));
  Reader rest(*block);
  while (!rest.empty()) {
    const ByteView whole = rest.rest();
    const Result<std::uint16_t> type = rest.u16();
    const Result<std::uint16_t> size = rest.u16();
    if (!type || !size) return false;
    const Result<ByteView> content = rest.bytes(*size);
    if (!content) {
      print.line(0, "extensions, extype = %d, extlen = %d", int{*type}, int{*size});
      print.dump(columns + 2, whole);
      return false;
    }
    print.line(columns + 2, "extension_type=%s(%d), length=%d",
               trace_name(Traced::extension, *type), int{*type}, int{*size});
    if (!trace_extension(print, columns + 4, from_server, message, *type, *content)) return false;
  }
  return true;
}

}  // namespace ciao::tls
