#include "libssl/message_trace.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "libssl/extension_trace.h"
#include "libssl/ssl_st.h"
#include "libssl/trace_printer.h"
#include "messages/handshake_message.h"
#include "messages/key_exchange12.h"

namespace ciao::tls {
namespace {

// Columns of a message's name and of its fields.
constexpr int kName = 4;
constexpr int kField = 6;
constexpr int kPart = 8;

// What is left of the message while its fields are written, and what decides about their form.
struct Message {
  const TracePrinter& print;
  const SSL* ssl;
  bool from_server;
  Reader reader;

  bool tls13() const { return ssl->connection.negotiated().version == ProtocolVersion::tls1_3; }
  const Suite* suite() const { return ssl->connection.negotiated().suite; }
  // Who writes such a message decides about the form of some extensions, and not who is said to
  // have sent it.
  bool extensions(int columns, unsigned type) {
    return trace_extensions(print, columns, type != SSL3_MT_CLIENT_HELLO, type, reader);
  }
};

bool trace_version(Message& message, const char* name) {
  const Result<std::uint16_t> version = message.reader.u16();
  if (!version) return false;
  message.print.line(kField, "%s=0x%x (%s)", name, unsigned{*version},
                     trace_name(Traced::version, *version));
  return true;
}

bool trace_random(Message& message) {
  if (message.reader.remaining() < kRandomSize) return false;
  const Result<std::uint32_t> time = message.reader.u32();
  const Result<ByteView> bytes = message.reader.bytes(kRandomSize - 4);
  if (!time || !bytes) return false;
  message.print.line(kField, "Random:");
  message.print.line(kPart, "gmt_unix_time=0x%08X", *time);
  message.print.hex(kPart, "random_bytes", *bytes);
  return true;
}

bool trace_suites(Message& message) {
  const Result<std::uint16_t> size = message.reader.u16();
  if (!size) return false;
  message.print.line(kField, "cipher_suites (len=%d)", int{*size});
  const Result<ByteView> suites = message.reader.bytes(*size);
  if (!suites || suites->size() % 2 != 0) return false;
  for (Reader list(*suites); !list.empty();) {
    message.print.indent(kPart);
    message.print.suite(list.u16().value_or(0));
  }
  return true;
}

bool trace_compression_methods(Message& message) {
  const Result<ByteView> methods = message.reader.vector8();
  if (!methods) return false;
  message.print.line(kField, "compression_methods (len=%d)", static_cast<int>(methods->size()));
  for (const std::uint8_t method : *methods) {
    message.print.line(kPart, "%s (0x%02X)", trace_name(Traced::compression, method),
                       unsigned{method});
  }
  return true;
}

bool trace_client_hello(Message& message) {
  return trace_version(message, "client_version") && trace_random(message) &&
         message.print.vector8(kField, "session_id", message.reader) && trace_suites(message) &&
         trace_compression_methods(message) && message.extensions(kField, SSL3_MT_CLIENT_HELLO);
}

bool trace_server_hello(Message& message) {
  if (!trace_version(message, "server_version") || !trace_random(message) ||
      !message.print.vector8(kField, "session_id", message.reader)) {
    return false;
  }
  const Result<std::uint16_t> suite = message.reader.u16();
  if (!suite) return false;
  message.print.indent(kField);
  message.print.text("cipher_suite ");
  message.print.suite(*suite);
  const Result<std::uint8_t> compression = message.reader.u8();
  if (!compression) return false;
  message.print.line(kField, "compression_method: %s (0x%02X)",
                     trace_name(Traced::compression, *compression), unsigned{*compression});
  return message.extensions(kField, SSL3_MT_SERVER_HELLO);
}

bool trace_one_certificate(const TracePrinter& print, Reader& list) {
  const Result<ByteView> der = list.vector24();
  if (!der) return false;
  print.indent(kPart);
  BIO_printf(print.out(), "ASN.1Cert, length=%d", static_cast<int>(der->size()));
  const unsigned char* cursor = der->data();
  X509* certificate = d2i_X509(nullptr, &cursor, static_cast<long>(der->size()));
  if (certificate == nullptr) {
    print.text("<UNPARSABLE CERTIFICATE>\n");
  } else {
    print.text("\n------details-----\n");
    X509_print_ex(print.out(), certificate, XN_FLAG_ONELINE, 0);
    PEM_write_bio_X509(print.out(), certificate);
    print.text("------------------\n");
    X509_free(certificate);
  }
  if (cursor != der->data() + der->size()) print.text("<TRAILING GARBAGE AFTER CERTIFICATE>\n");
  return true;
}

bool trace_certificate(Message& message) {
  if (message.tls13() && !message.print.vector8(kField, "context", message.reader)) return false;
  const Result<ByteView> certificates = message.reader.vector24();
  if (!certificates || !message.reader.empty()) return false;
  message.print.line(kField, "certificate_list, length=%d", static_cast<int>(certificates->size()));
  for (Reader list(*certificates); !list.empty();) {
    if (!trace_one_certificate(message.print, list)) return false;
    if (message.tls13() &&
        !trace_extensions(message.print, kPart, message.from_server, SSL3_MT_CERTIFICATE, list)) {
      return false;
    }
  }
  return true;
}

bool trace_names(const TracePrinter& print, Reader list) {
  while (!list.empty()) {
    const Result<ByteView> der = list.vector16();
    if (!der) return false;
    print.indent(kPart);
    BIO_printf(print.out(), "DistinguishedName (len=%d): ", static_cast<int>(der->size()));
    const unsigned char* cursor = der->data();
    X509_NAME* name = d2i_X509_NAME(nullptr, &cursor, static_cast<long>(der->size()));
    if (name == nullptr) {
      print.text("<UNPARSABLE DN>\n");
    } else {
      X509_NAME_print_ex(print.out(), name, 0, XN_FLAG_ONELINE);
      print.text("\n");
      X509_NAME_free(name);
    }
  }
  return true;
}

bool trace_certificate_request12(Message& message) {
  const TracePrinter& print = message.print;
  const Result<ByteView> types = message.reader.vector8();
  if (!types) return false;
  print.line(kField, "certificate_types (len=%d)", static_cast<int>(types->size()));
  print.list8(kPart, Traced::certificate_type, *types);
  const Result<ByteView> schemes = message.reader.vector16();
  if (!schemes || schemes->size() % 2 != 0) return false;
  print.line(kField, "signature_algorithms (len=%d)", static_cast<int>(schemes->size()));
  print.list16(kPart, Traced::scheme, *schemes);
  const Result<std::uint16_t> size = message.reader.u16();
  if (!size) return false;
  print.indent(kField);
  const Result<ByteView> names = message.reader.bytes(*size);
  if (!names) return false;
  BIO_printf(print.out(), "certificate_authorities (len=%d)\n", int{*size});
  return trace_names(print, Reader(*names)) && message.reader.empty();
}

bool trace_certificate_request(Message& message) {
  if (!message.tls13()) return trace_certificate_request12(message);
  return message.print.vector8(kField, "request_context", message.reader) &&
         message.extensions(kField, SSL3_MT_CERTIFICATE_REQUEST);
}

bool trace_signature(Message& message) {
  const Result<std::uint16_t> scheme = message.reader.u16();
  if (!scheme) return false;
  message.print.line(kField, "Signature Algorithm: %s (0x%04x)",
                     trace_name(Traced::scheme, *scheme), unsigned{*scheme});
  return message.print.vector16(kField, "Signature", message.reader);
}

const char* key_exchange_name(const Suite* suite) {
  if (suite == nullptr) return kUnknownName;
  switch (suite->key_exchange) {
    case KeyExchange::rsa: return "rsa";
    case KeyExchange::dhe: return "DHE";
    case KeyExchange::ecdhe: return "ECDHE";
    case KeyExchange::psk: return "PSK";
    case KeyExchange::dhe_psk: return "DHEPSK";
    case KeyExchange::ecdhe_psk: return "ECDHEPSK";
    case KeyExchange::any: break;
  }
  return kUnknownName;
}

bool trace_curve(Message& message) {
  constexpr std::uint8_t kExplicitPrime = 1;
  constexpr std::uint8_t kExplicitChar2 = 2;
  constexpr std::uint8_t kNamedCurve = 3;
  Reader reader = message.reader;
  const Result<std::uint8_t> type = reader.u8();
  if (!type) return false;
  message.print.indent(kPart);
  if (*type == kExplicitPrime || *type == kExplicitChar2) {
    // As in OpenSSL what follows is not taken apart, and its type not taken away.
    message.print.text(*type == kExplicitPrime ? "explicit_prime\n" : "explicit_char2\n");
    return true;
  }
  if (*type != kNamedCurve) {
    BIO_printf(message.print.out(), "UNKNOWN CURVE PARAMETER TYPE %d\n", int{*type});
    return false;
  }
  const Result<std::uint16_t> group = reader.u16();
  if (!group) return false;
  message.reader = reader;
  BIO_printf(message.print.out(), "named_curve: %s (%d)\n", trace_name(Traced::group, *group),
             int{*group});
  return message.print.vector8(kPart, "point", message.reader);
}

bool trace_server_key_exchange(Message& message) {
  const TracePrinter& print = message.print;
  Reader& reader = message.reader;
  const Suite* suite = message.suite();
  print.line(kField, "KeyExchangeAlgorithm=%s", key_exchange_name(suite));
  const KeyExchange exchange = suite != nullptr ? suite->key_exchange : KeyExchange::any;
  if (uses_psk(exchange) && !print.vector16(kPart, "psk_identity_hint", reader)) return false;
  if (exchange == KeyExchange::rsa && (!print.vector16(kPart, "rsa_modulus", reader) ||
                                       !print.vector16(kPart, "rsa_exponent", reader))) {
    return false;
  }
  if (uses_dhe(exchange) &&
      (!print.vector16(kPart, "dh_p", reader) || !print.vector16(kPart, "dh_g", reader) ||
       !print.vector16(kPart, "dh_Ys", reader))) {
    return false;
  }
  if (uses_ecdhe(exchange) && !trace_curve(message)) return false;
  // Its own completeness is not asked for.
  if (!uses_psk(exchange)) static_cast<void>(trace_signature(message));
  return reader.empty();
}

bool trace_client_key_exchange(Message& message) {
  const TracePrinter& print = message.print;
  Reader& reader = message.reader;
  const Suite* suite = message.suite();
  print.line(kField, "KeyExchangeAlgorithm=%s", key_exchange_name(suite));
  if (suite == nullptr || suite->tls13()) return reader.empty();
  const KeyExchange exchange = suite->key_exchange;
  if (uses_psk(exchange) && !print.vector16(kPart, "psk_identity", reader)) return false;
  bool whole = true;
  if (exchange == KeyExchange::rsa) {
    whole = print.vector16(kPart, "EncryptedPreMasterSecret", reader);
  } else if (uses_dhe(exchange)) {
    whole = print.vector16(kPart, "dh_Yc", reader);
  } else if (uses_ecdhe(exchange)) {
    whole = print.vector8(kPart, "ecdh_Yc", reader);
  }
  return whole && reader.empty();
}

bool trace_new_session_ticket(Message& message) {
  const TracePrinter& print = message.print;
  Reader& reader = message.reader;
  if (reader.empty()) {
    print.line(kPart, "No Ticket");
    return true;
  }
  const Result<std::uint32_t> lifetime = reader.u32();
  if (!lifetime) return false;
  print.line(kPart, "ticket_lifetime_hint=%u", *lifetime);
  if (message.tls13()) {
    const Result<std::uint32_t> age_add = reader.u32();
    if (!age_add) return false;
    print.line(kPart, "ticket_age_add=%u", *age_add);
    if (!print.vector8(kPart, "ticket_nonce", reader)) return false;
  }
  if (!print.vector16(kPart, "ticket", reader)) return false;
  if (message.tls13() && !message.extensions(kPart, SSL3_MT_NEWSESSION_TICKET)) return false;
  return reader.empty();
}

bool trace_body(Message& message, unsigned type) {
  const TracePrinter& print = message.print;
  Reader& reader = message.reader;
  switch (type) {
    case SSL3_MT_CLIENT_HELLO: return trace_client_hello(message);
    case SSL3_MT_SERVER_HELLO: return trace_server_hello(message);
    case DTLS1_MT_HELLO_VERIFY_REQUEST:
      return trace_version(message, "server_version") && print.vector8(kField, "cookie", reader);
    case SSL3_MT_NEWSESSION_TICKET: return trace_new_session_ticket(message);
    case SSL3_MT_ENCRYPTED_EXTENSIONS:
      return message.extensions(kField, SSL3_MT_ENCRYPTED_EXTENSIONS);
    case SSL3_MT_CERTIFICATE: return trace_certificate(message);
    case SSL3_MT_SERVER_KEY_EXCHANGE: return trace_server_key_exchange(message);
    case SSL3_MT_CERTIFICATE_REQUEST: return trace_certificate_request(message);
    case SSL3_MT_SERVER_DONE:
      if (!reader.empty()) print.hex(kField, "unexpected value", reader.rest());
      return true;
    case SSL3_MT_CERTIFICATE_VERIFY: return trace_signature(message);
    case SSL3_MT_CLIENT_KEY_EXCHANGE: return trace_client_key_exchange(message);
    case SSL3_MT_FINISHED: print.hex(kField, "verify_data", reader.rest()); return true;
    case SSL3_MT_KEY_UPDATE:
      if (reader.remaining() == 1) return print.list8(kField, Traced::key_update, reader.rest());
      print.hex(kField, "unexpected value", reader.rest());
      return false;
    default:
      print.line(kField, "Unsupported, hex dump follows:");
      print.dump(kPart, reader.rest());
      return true;
  }
}

bool trace_handshake(const TracePrinter& print, SSL* ssl, bool from_server, ByteView content) {
  Reader reader(content);
  const Result<std::uint8_t> type = reader.u8();
  const Result<std::uint32_t> size = reader.u24();
  if (!type || !size) return false;
  print.line(kName, "%s, Length=%d", trace_name(Traced::handshake_type, *type),
             static_cast<int>(*size));
  if (reader.remaining() < *size) return false;
  Message message{print, ssl, from_server, Reader(reader.rest().first(*size))};
  return trace_body(message, *type);
}

void trace_header(const TracePrinter& print, bool sent, ByteView header) {
  print.text(sent ? "Sent" : "Received");
  if (header.size() < SSL3_RT_HEADER_LENGTH) {
    print.hex(0, " too short message", header);
    return;
  }
  const unsigned version = static_cast<unsigned>(header[1] << 8 | header[2]);
  const std::size_t end = header.size();
  BIO_printf(print.out(), " Record\nHeader:\n  Version = %s (0x%x)\n",
             trace_name(Traced::version, version), version);
  BIO_printf(print.out(), "  Content Type = %s (%d)\n  Length = %d",
             trace_name(Traced::content_type, header[0]), int{header[0]},
             header[end - 2] << 8 | header[end - 1]);
}

void trace_alert(const TracePrinter& print, ByteView alert) {
  if (alert.size() != 2) {
    print.line(kName, "Illegal Alert Length");
    return;
  }
  print.line(kName, "Level=%s(%d), description=%s(%d)", SSL_alert_type_string_long(alert[0] << 8),
             int{alert[0]}, SSL_alert_desc_string_long(alert[1]), int{alert[1]});
}

}  // namespace

void trace_message(BIO* out, SSL* ssl, bool sent, int content_type, ByteView content) {
  const TracePrinter print(out);
  switch (content_type) {
    case SSL3_RT_HEADER: trace_header(print, sent, content); break;
    case SSL3_RT_INNER_CONTENT_TYPE:
      if (!content.empty()) {
        BIO_printf(out, "  Inner Content Type = %s (%d)",
                   trace_name(Traced::content_type, content[0]), int{content[0]});
      }
      break;
    case SSL3_RT_HANDSHAKE:
      if (!trace_handshake(print, ssl, sent == (SSL_is_server(ssl) == 1), content)) {
        print.text("Message length parse error!\n");
      }
      break;
    case SSL3_RT_CHANGE_CIPHER_SPEC:
      if (content.size() == 1 && content[0] == 1) {
        print.line(kName, "change_cipher_spec (1)");
      } else {
        print.hex(kName, "unknown value", content);
      }
      break;
    case SSL3_RT_ALERT: trace_alert(print, content); break;
    default: break;
  }
  print.text("\n");
}

}  // namespace ciao::tls
