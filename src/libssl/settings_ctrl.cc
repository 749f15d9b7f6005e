// SSL_CTX_set_mode(3), SSL_CTX_set_min_proto_version(3), SSL_CTX_set_max_cert_list(3),
// SSL_CTX_set_split_send_fragment(3), SSL_CTX_set_read_ahead(3): the commands.
#include <algorithm>

#include "libssl/ctrl_handlers.h"
#include "libssl/entry.h"
#include "libssl/owner.h"
#include "libssl/pump.h"
#include "libssl/version_bounds.h"

namespace ciao::tls {
namespace {

constexpr long kMinSendFragment = 512;

// SSL_set_read_ahead takes effect at once, a context's for connections to come.
void read_ahead_changed(SSL* ssl) {
  ssl->connection.set_read_ahead(read_ahead_size(*ssl->settings));
}
void read_ahead_changed(SSL_CTX*) {}

template <class Owner>
long set_bound(Owner* owner, Bound bound, long version) {
  return guard<long>(0, [&]() -> long {
    Settings& settings = edit_settings(owner);
    if (!set_version_bound(method_of(owner), bound, version, settings)) return 0;
    apply_version_bounds(method_of(owner), settings, edit_config(owner));
    return 1;
  });
}

}  // namespace

template <class Owner>
long change_mode(Owner* owner, long bits, void*) {
  const auto added = static_cast<std::uint32_t>(bits);
  const std::uint32_t present = config_of(owner).mode;
  if ((present & added) == added) return present;
  return guard<long>(0, [&]() -> long { return edit_config(owner).mode |= added; });
}

template <class Owner>
long clear_mode(Owner* owner, long bits, void*) {
  return guard<long>(
      0, [&]() -> long { return edit_config(owner).mode &= ~static_cast<std::uint32_t>(bits); });
}

template <class Owner>
long get_read_ahead(Owner* owner, long, void*) {
  return settings_of(owner).read_ahead ? 1 : 0;
}

// These two answer the value before.
template <class Owner>
long set_read_ahead(Owner* owner, long on, void*) {
  return guard<long>(0, [&]() -> long {
    const bool before = settings_of(owner).read_ahead;
    edit_settings(owner).read_ahead = on != 0;
    read_ahead_changed(owner);
    return before ? 1 : 0;
  });
}

template <class Owner>
long get_max_certificate_list(Owner* owner, long, void*) {
  return static_cast<long>(config_of(owner).max_certificate_list);
}

template <class Owner>
long set_max_certificate_list(Owner* owner, long size, void*) {
  if (size < 0) return 0;
  return guard<long>(0, [&]() -> long {
    const auto before = static_cast<long>(config_of(owner).max_certificate_list);
    edit_config(owner).max_certificate_list = static_cast<std::size_t>(size);
    return before;
  });
}

template <class Owner>
long set_max_send_fragment(Owner* owner, long size, void*) {
  if (size < kMinSendFragment || size > SSL3_RT_MAX_PLAIN_LENGTH) return 0;
  return guard<long>(0, [&]() -> long {
    edit_config(owner).max_send_fragment = static_cast<std::uint16_t>(size);
    if (settings_of(owner).split_send_fragment > static_cast<std::size_t>(size)) {
      edit_settings(owner).split_send_fragment = static_cast<std::size_t>(size);
    }
    return 1;
  });
}

template <class Owner>
long set_split_send_fragment(Owner* owner, long size, void*) {
  if (size <= 0 || size > config_of(owner).max_send_fragment) return 0;
  return guard<long>(0, [&]() -> long {
    edit_settings(owner).split_send_fragment = static_cast<std::size_t>(size);
    return 1;
  });
}

template <class Owner>
long set_max_pipelines(Owner* owner, long count, void*) {
  if (count < 1 || count > SSL_MAX_PIPELINES) return 0;
  return guard<long>(0, [&]() -> long {
    edit_settings(owner).max_pipelines = static_cast<std::size_t>(count);
    // SSL_new does the same for what a context says.
    if constexpr (std::is_same_v<Owner, SSL>) {
      if (count > 1) set_read_ahead(owner, 1, nullptr);
    }
    return 1;
  });
}

template <class Owner>
long set_min_version(Owner* owner, long version, void*) {
  return set_bound(owner, Bound::min, version);
}

template <class Owner>
long set_max_version(Owner* owner, long version, void*) {
  return set_bound(owner, Bound::max, version);
}

template <class Owner>
long get_min_version(Owner* owner, long, void*) {
  return settings_of(owner).min_version;
}

template <class Owner>
long get_max_version(Owner* owner, long, void*) {
  return settings_of(owner).max_version;
}

template <class Owner>
long set_not_resumable_callback(Owner* owner, void (*callback)(void)) {
  return guard<long>(0, [&]() -> long {
    edit_settings(owner).not_resumable = reinterpret_cast<NotResumableFn>(callback);
    return 1;
  });
}

// Facts that <openssl/ssl3.h> has bits for.
long get_flags(SSL* ssl, long, void*) {
  const Negotiated& facts = ssl->connection.negotiated();
  long flags = 0;
  if (facts.extended_master_secret) flags |= TLS1_FLAGS_RECEIVED_EXTMS;
  if (facts.encrypt_then_mac) {
    flags |= TLS1_FLAGS_ENCRYPT_THEN_MAC_READ | TLS1_FLAGS_ENCRYPT_THEN_MAC_WRITE;
  }
  return flags;
}

// -1 while nothing is decided (RFC 7627; always part of TLS 1.3's key schedule).
long get_extended_master_secret_support(SSL* ssl, long, void*) {
  const Ref<Session>& session = ssl->connection.session();
  if (in_init(ssl) || !session) return -1;
  return session->extended_master_secret ? 1 : 0;
}

// The cipher_suites that the client sent; without a place to put them, the size of an entry.
long get_raw_cipher_list(SSL* ssl, long, void* list) {
  if (list == nullptr) return 2;
  return guard<long>(0, [&]() -> long {
    const std::vector<std::uint16_t>& suites = ssl->connection.negotiated().peer_suites;
    if (suites.empty()) return 0;
    Bytes& raw = ssl->cold_state().raw_ciphers;
    raw.clear();
    for (const std::uint16_t suite : suites) {
      raw.push_back(static_cast<std::uint8_t>(suite >> 8));
      raw.push_back(static_cast<std::uint8_t>(suite));
    }
    *static_cast<const unsigned char**>(list) = raw.data();
    return static_cast<long>(raw.size());
  });
}

// Lent until the next handshake.
long get_ec_point_formats(SSL* ssl, long, void* formats) {
  const Bytes& listed = ssl->connection.negotiated().peer_point_formats;
  if (listed.empty()) return 0;
  *static_cast<const unsigned char**>(formats) = listed.data();
  return static_cast<long>(listed.size());
}

long set_retry_verify(SSL* ssl, long, void*) {
  ssl->rwstate = SSL_RETRY_VERIFY;
  ssl->verifier.retry_later();
  return 1;
}

#define CIAO_FOR_OWNER(Owner)                                  \
  template long change_mode(Owner*, long, void*);              \
  template long clear_mode(Owner*, long, void*);               \
  template long get_read_ahead(Owner*, long, void*);           \
  template long set_read_ahead(Owner*, long, void*);           \
  template long get_max_certificate_list(Owner*, long, void*); \
  template long set_max_certificate_list(Owner*, long, void*); \
  template long set_max_send_fragment(Owner*, long, void*);    \
  template long set_split_send_fragment(Owner*, long, void*);  \
  template long set_max_pipelines(Owner*, long, void*);        \
  template long set_min_version(Owner*, long, void*);          \
  template long set_max_version(Owner*, long, void*);          \
  template long get_min_version(Owner*, long, void*);          \
  template long get_max_version(Owner*, long, void*);          \
  template long set_not_resumable_callback(Owner*, void (*)(void));
CIAO_FOR_OWNER(SSL)
CIAO_FOR_OWNER(SSL_CTX)
#undef CIAO_FOR_OWNER

}  // namespace ciao::tls
