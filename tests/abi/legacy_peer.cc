// A peer without RFC 5746, GnuTLS told to leave it out: who connects to it, and who renegotiates
// with it (SSL_CTX_set_options(3), SECURE RENEGOTIATION).
#include <gnutls/gnutls.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <functional>
#include <string>
#include <utility>

#include "connections.h"

namespace {

using namespace abi;

gnutls_datum_t pem_of(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return {reinterpret_cast<unsigned char*>(text), static_cast<unsigned>(size)};
}

gnutls_certificate_credentials_t make_credentials() {
  gnutls_certificate_credentials_t made = nullptr;
  gnutls_certificate_allocate_credentials(&made);
  BIO* certificate_pem = BIO_new(BIO_s_mem());
  BIO* key_pem = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate_pem, certificate());
  PEM_write_bio_PrivateKey(key_pem, key(), nullptr, nullptr, 0, nullptr, nullptr);
  const gnutls_datum_t shown = pem_of(certificate_pem), kept = pem_of(key_pem);
  gnutls_certificate_set_x509_key_mem(made, &shown, &kept, GNUTLS_X509_FMT_PEM);
  BIO_free(certificate_pem);
  BIO_free(key_pem);
  return made;
}

ssize_t pull(gnutls_transport_ptr_t bio, void* data, std::size_t size) {
  const int got = BIO_read(static_cast<BIO*>(bio), data, static_cast<int>(size));
  if (got > 0) return got;
  errno = EAGAIN;
  return -1;
}

ssize_t push(gnutls_transport_ptr_t bio, const void* data, std::size_t size) {
  return BIO_write(static_cast<BIO*>(bio), data, static_cast<int>(size));
}

// Always there: the transport is memory.
int wait(gnutls_transport_ptr_t bio, unsigned) {
  return BIO_ctrl_pending(static_cast<BIO*>(bio)) != 0 ? 1 : 0;
}

class LegacyPeer {
 public:
  LegacyPeer(bool server, BIO* bio) : bio_(bio), server_(server) {
    gnutls_init(&session_, (server ? GNUTLS_SERVER : GNUTLS_CLIENT) | GNUTLS_NONBLOCK);
    gnutls_priority_set_direct(
        session_, "NORMAL:-VERS-ALL:+VERS-TLS1.2:%DISABLE_SAFE_RENEGOTIATION", nullptr);
    gnutls_credentials_set(session_, GNUTLS_CRD_CERTIFICATE, credentials_);
    gnutls_transport_set_ptr(session_, bio);
    gnutls_transport_set_pull_function(session_, pull);
    gnutls_transport_set_push_function(session_, push);
    gnutls_transport_set_pull_timeout_function(session_, wait);
  }
  ~LegacyPeer() {
    gnutls_deinit(session_);
    gnutls_certificate_free_credentials(credentials_);
    BIO_free(bio_);
  }
  LegacyPeer(const LegacyPeer&) = delete;
  LegacyPeer& operator=(const LegacyPeer&) = delete;

  // A client's next handshake begins with go(), a server asks for one.
  void renegotiate() {
    handshaking_ = !server_;
    if (server_) gnutls_rehandshake(session_);
  }
  // Goes on with what is under way, or looks whether the other side begins something.
  void go() {
    if (!handshaking_) {
      char text[16];
      handshaking_ = gnutls_record_recv(session_, text, sizeof text) == GNUTLS_E_REHANDSHAKE;
    }
    if (!handshaking_) return;
    const int result = gnutls_handshake(session_);
    handshaking_ = result == GNUTLS_E_AGAIN;
    if (result == GNUTLS_E_SUCCESS) ++completed_;
  }
  int completed() const { return completed_; }

 private:
  gnutls_session_t session_ = nullptr;
  gnutls_certificate_credentials_t credentials_ = make_credentials();
  BIO* bio_;
  bool server_;
  bool handshaking_ = true;
  int completed_ = 0;
};

std::string alerts;

void on_info(const SSL*, int where, int value) {
  if ((where & SSL_CB_ALERT) != 0) alerts += alert_text(where, value);
}

struct Duo {
  std::string title;
  Context ctx;
  Connection ssl;
  std::unique_ptr<LegacyPeer> peer;

  Duo(std::string name, bool server, std::uint64_t options, bool on_context)
      : title(std::move(name)),
        ctx(server ? make_server(TLS1_2_VERSION) : make_client(TLS1_2_VERSION)) {
    SSL_CTX_set_info_callback(ctx.get(), on_info);
    // Debian's may have it on.
    SSL_CTX_clear_options(ctx.get(), SSL_OP_LEGACY_SERVER_CONNECT);
    if (on_context) SSL_CTX_set_options(ctx.get(), options);
    ssl.reset(SSL_new(ctx.get()));
    if (!on_context) SSL_set_options(ssl.get(), options);
    BIO *own = nullptr, *other = nullptr;
    BIO_new_bio_pair(&own, 1 << 17, &other, 1 << 17);
    SSL_set_bio(ssl.get(), own, own);
    peer = std::make_unique<LegacyPeer>(!server, other);
    if (server) {
      SSL_set_accept_state(ssl.get());
    } else {
      SSL_set_connect_state(ssl.get());
    }
  }

  // Both sides move until nothing more comes of it; what the last call said is shown.
  bool move(const std::string& who, const std::function<int()>& call) {
    int result = 0, error = SSL_ERROR_NONE;
    for (int i = 0; i < 8 && error != SSL_ERROR_SSL; ++i) {
      ERR_clear_error();
      result = call();
      error = SSL_get_error(ssl.get(), result);
      if (error != SSL_ERROR_SSL) peer->go();
    }
    line(title + " " + who + " error", error);
    line(title + " " + who + " alerts", std::exchange(alerts, std::string()));
    line(title + " " + who + " completed", peer->completed());
    line(title + " " + who + " renegotiations", SSL_total_renegotiations(ssl.get()));
    line(title + " " + who + " secure", SSL_get_secure_renegotiation_support(ssl.get()));
    return error != SSL_ERROR_SSL;
  }
  bool connect() {
    return move("first", [&] { return SSL_do_handshake(ssl.get()); });
  }
  void renegotiate(const std::string& who) {
    move(who, [&] {
      char byte = 0;
      return SSL_read(ssl.get(), &byte, 1);
    });
  }
};

struct Named {
  const char* name;
  std::uint64_t options;
};

void play(bool server, const Named& named) {
  for (const bool on_context : {true, false}) {
    const std::string title = std::string(server ? "server " : "client ") + named.name +
                              (on_context ? " on context" : " on connection");
    {
      Duo duo(title, server, named.options, on_context);
      if (!duo.connect()) continue;
      duo.peer->renegotiate();
      duo.peer->go();
      duo.renegotiate("peer's");
    }
    Duo duo(title, server, named.options, on_context);
    duo.connect();
    line(title + " asks", SSL_renegotiate(duo.ssl.get()));
    line(title + " begins", SSL_do_handshake(duo.ssl.get()));
    duo.renegotiate("own");
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  gnutls_global_init();
  for (const Named& named :
       {Named{"default", 0}, Named{"LEGACY_SERVER_CONNECT", SSL_OP_LEGACY_SERVER_CONNECT},
        Named{"ALLOW_UNSAFE_LEGACY_RENEGOTIATION", SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION},
        Named{"unsafe, but none",
              SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION | SSL_OP_NO_RENEGOTIATION}}) {
    play(false, named);
  }
  for (const Named& named :
       {Named{"default", 0}, Named{"ALLOW_CLIENT_RENEGOTIATION", SSL_OP_ALLOW_CLIENT_RENEGOTIATION},
        Named{"ALLOW_UNSAFE_LEGACY_RENEGOTIATION", SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION},
        Named{"both", SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION | SSL_OP_ALLOW_CLIENT_RENEGOTIATION},
        Named{"all, but none", SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION |
                                   SSL_OP_ALLOW_CLIENT_RENEGOTIATION | SSL_OP_NO_RENEGOTIATION}}) {
    play(true, named);
  }
  gnutls_global_deinit();
  return 0;
}
