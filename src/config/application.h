// What a handshake asks of the application, and is free to be answered by defaults.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "config/custom_extension.h"
#include "config/hooks.h"
#include "crypto/dh.h"
#include "crypto/hash.h"
#include "crypto/suites.h"
#include "session/session.h"
#include "x509/credential.h"

namespace ciao::tls {

struct ClientHello;

enum class NameAnswer : std::uint8_t {
  accepted,  // acknowledged with an empty server_name
  ignored,   // not acknowledged
  warning,   // as ignored; TLS 1.2 sends unrecognized_name at level warning
};

// What an ephemeral DH group is to be chosen for.
struct DhQuestion {
  const Suite& suite;
  const Credential* credential;             // that will sign; null: none does
  std::span<const NamedGroup> peer_groups;  // as the client listed them
};

struct PreSharedKey {  // TLS 1.2
  std::string identity;
  SecretBytes key;
};

// TLS 1.3: the session is one that the application has made for the key.
struct ExternalPsk {
  Bytes identity;
  Ref<Session> session;  // null: it has none
};

// TLS 1.2: a master secret that both sides have from elsewhere (EAP-FAST, RFC 4851 §3.2.2).
struct ExternalSecret {
  SecretBytes master;
  const Suite* suite = nullptr;  // a server has to name one
};

class Application {
 public:
  Application() = default;
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;
  virtual ~Application() = default;

  // Server: the ClientHello, before anything was decided. `hello` lives for this call.
  virtual Result<Answer> client_hello(const ClientHello& hello) = 0;
  // Server, a retry that it forgets: the application's part of the cookie, at least one byte.
  virtual Result<Bytes> make_cookie() {
    return Error{Reason::no_cookie_callback_set, AlertDescription::internal_error};
  }
  // Whether check_cookie() can tell; otherwise a cookie counts for nothing.
  virtual bool checks_cookies() { return false; }
  // Whether it is what make_cookie() gave for this client.
  virtual bool check_cookie(ByteView /*cookie*/) { return false; }
  // Server: the name asked for, empty if none; also called on a client without a name when the
  // hello was answered.
  virtual Result<NameAnswer> server_name(std::string_view name) = 0;

  // Client: the server's hello is there, whether or not it acknowledged a name. OpenSSL asks the
  // same callback on both sides.
  virtual Result<NameAnswer> server_name_answered() { return NameAnswer::ignored; }
  // Server: the choice from the client's ProtocolNameList (without outer length); empty: none, the
  // extension is left out.
  virtual Result<Bytes> select_alpn(ByteView offered) = 0;
  // TLS 1.2: what came before ALPN. Client: whether select_next_protocol() may be asked.
  virtual bool speaks_next_protocol() { return false; }
  // Server: the protocols to advertise, each behind its length; none leaves the extension out.
  virtual std::optional<Bytes> advertised_protocols() { return std::nullopt; }
  // Client: the choice, which need not be one of those advertised.
  virtual Result<Bytes> select_next_protocol(ByteView /*advertised*/) {
    return Error{Reason::bad_extension, AlertDescription::handshake_failure};
  }
  // Server: an OCSP response for the client that asked for one; empty: none.
  virtual Result<Bytes> ocsp_response() = 0;
  // Client: the handshake asked for a staple; `response` is empty when none came.
  virtual Result<Answer> check_ocsp_response(ByteView response) = 0;
  // Server, TLS 1.2: whether dh_group() would find one.
  virtual bool has_dh_group(const DhQuestion& question) = 0;
  // Server, TLS 1.2: the group for a DHE suite.
  virtual Result<DhGroup> dh_group(const DhQuestion& question) = 0;
  // Client, TLS 1.2: whether the group that the server chose is strong enough.
  virtual Result<void> check_dh_group(const DhGroup& group) = 0;
  // TLS 1.2: whether there may be a pre-shared key; without, no such suite is offered or taken. The
  // keys are used for TLS 1.3, too, for which they count as keys of SHA-256.
  virtual bool has_psk() = 0;
  // Client, TLS 1.2: identity and key for a server that gave this hint; null: it gave none.
  virtual Result<PreSharedKey> client_psk(const char* hint) = 0;
  // Server, TLS 1.2: the key of this identity.
  virtual Result<SecretBytes> server_psk(const std::string& identity) = 0;
  // Server, TLS 1.2: the hint to give; empty: none.
  virtual std::string psk_identity_hint() = 0;
  // Client, TLS 1.3: a key to offer beside a ticket's; asked for each ClientHello. `hash`: a
  // HelloRetryRequest has chosen it, and no key of another one can be used.
  virtual Result<ExternalPsk> offer_psk(std::optional<HashId> /*hash*/) { return ExternalPsk(); }
  // Server, TLS 1.3: what the identity stands for; null: nothing that the application knows, and it
  // may be a ticket.
  virtual Result<Ref<Session>> find_psk(ByteView /*identity*/) { return Ref<Session>(); }
  // TLS 1.2: the content of the peer's session_ticket extension.
  virtual Result<void> session_ticket_extension(ByteView /*content*/) { return {}; }
  // TLS 1.2: whether external_secret() may have one.
  virtual bool has_external_secret() { return false; }
  // Server: asked of every handshake that resumes nothing, with the client's suites. Client: asked
  // when its ClientHello had a ticket, which the server then takes up by going straight to
  // ChangeCipherSpec.
  virtual Result<std::optional<ExternalSecret>> external_secret(
      std::span<const std::uint16_t> /*peer_suites*/) {
    return std::optional<ExternalSecret>();
  }
  // Extensions of its own, in the order in which they are written.
  virtual std::vector<CustomExtension> custom_extensions() { return {}; }
  // The content of one of them; none leaves it out.
  virtual Result<std::optional<Bytes>> write_extension(const CustomExtension& /*extension*/,
                                                       In /*message*/, CertificatePlace /*place*/) {
    return std::optional<Bytes>();
  }
  // What the peer has in it.
  virtual Result<void> read_extension(const CustomExtension& /*extension*/, In /*message*/,
                                      ByteView /*content*/, CertificatePlace /*place*/) {
    return {};
  }
  // Server: early data could be taken; the last word on it (SSL_CTX_set_allow_early_data_cb).
  virtual Result<bool> allow_early_data() = 0;
  // Bytes of padding to add to a record of this type and length (RFC 8446 §5.4); 0 for none.
  virtual std::size_t record_padding(ContentType type, std::size_t size) = 0;
};

}  // namespace ciao::tls
