// What a handshake asks of the application, and is free to be answered by defaults.
#pragma once

#include <string_view>

#include "config/hooks.h"
#include "wire/codepoints.h"

namespace ciao::tls {

struct ClientHello;

enum class NameAnswer : std::uint8_t {
  accepted,  // acknowledged with an empty server_name
  ignored,   // not acknowledged
  warning,   // as ignored; TLS 1.2 sends unrecognized_name at level warning
};

class Application {
 public:
  Application() = default;
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;
  virtual ~Application() = default;

  // Server: the ClientHello, before anything was decided. `hello` lives for this call.
  virtual Result<Answer> client_hello(const ClientHello& hello) = 0;
  // Server: the name asked for, empty if none; also called on a client without a name when the
  // hello was answered.
  virtual Result<NameAnswer> server_name(std::string_view name) = 0;
  // Server: the choice from the client's ProtocolNameList (without outer length); empty: none, the
  // extension is left out.
  virtual Result<Bytes> select_alpn(ByteView offered) = 0;
  // Server: an OCSP response for the client that asked for one; empty: none.
  virtual Result<Bytes> ocsp_response() = 0;
  // Client: the handshake asked for a staple; `response` is empty when none came.
  virtual Result<Answer> check_ocsp_response(ByteView response) = 0;
  // Bytes of padding to add to a record of this type and length (RFC 8446 §5.4); 0 for none.
  virtual std::size_t record_padding(ContentType type, std::size_t size) = 0;
};

}  // namespace ciao::tls
