// SSL_CTX_add1_chain_cert(3), SSL_CTX_set1_verify_cert_store(3), SSL_CTX_add_extra_chain_cert(3),
// SSL_CTX_set_current_cert(3), SSL_CTX_set_tmp_dh_callback(3): the commands.
#include <openssl/dh.h>
#include <openssl/err.h>

#include "libssl/credential_slots.h"
#include "libssl/ctrl_handlers.h"
#include "libssl/entry.h"

namespace ciao::tls {
namespace {

// The slots in the order in which SSL_CERT_SET_NEXT walks them.
constexpr KeyKind kSlots[] = {KeyKind::rsa,   KeyKind::rsa_pss, KeyKind::dsa,
                              KeyKind::ecdsa, KeyKind::ed25519, KeyKind::ed448};

template <class Owner>
long make_current(Owner* owner, KeyKind kind) {
  if (config_of(owner).credentials->current != kind) edit_credentials(owner).current = kind;
  return 1;
}

template <class Owner, class Matches>
long select_if(Owner* owner, Matches matches) {
  for (const KeyKind kind : kSlots) {
    const Credential& slot = config_of(owner).credentials->slot(kind);
    if (slot.usable() && matches(slot)) return make_current(owner, kind);
  }
  return 0;
}

StoreRef take_store(void* store, long add_reference) {
  auto* taken = static_cast<X509_STORE*>(store);
  return add_reference != 0 ? StoreRef::share(taken) : StoreRef::adopt(taken);
}

// A DH object of the low-level interface as a key.
EVP_PKEY* wrap_dh(DH* dh) {
  EVP_PKEY* key = EVP_PKEY_new();
  if (key != nullptr && EVP_PKEY_set1_DH(key, dh) == 1) return key;
  EVP_PKEY_free(key);
  return nullptr;
}

int set_tmp_dh_key(SSL* ssl, EVP_PKEY* key) { return SSL_set0_tmp_dh_pkey(ssl, key); }
int set_tmp_dh_key(SSL_CTX* ctx, EVP_PKEY* key) { return SSL_CTX_set0_tmp_dh_pkey(ctx, key); }

// Only a server's connection asks for types of client certificates.
bool may_ask_for_types(const SSL* ssl) { return is_server(ssl); }
bool may_ask_for_types(const SSL_CTX*) { return true; }

}  // namespace

// --- chains -------------------------------------------------------------------------------------

template <class Owner>
long change_chain(Owner* owner, long add_reference, void* chain) {
  return checked([&]() -> Result<void> {
    auto* given = static_cast<STACK_OF(X509)*>(chain);
    if (add_reference == 0 || given == nullptr) return set_chain(owner, given);
    X509StackPtr copy(X509_chain_up_ref(given));
    if (!copy) return kQuietFailure;
    TRY(set_chain(owner, copy.get()));
    disown(copy);
    return {};
  });
}

template <class Owner>
long change_chain_certificate(Owner* owner, long add_reference, void* certificate) {
  return checked([&]() -> Result<void> {
    TRY(add_chain_certificate(owner, static_cast<X509*>(certificate)));
    if (add_reference != 0) X509_up_ref(static_cast<X509*>(certificate));
    return {};
  });
}

template <class Owner>
long get_chain(Owner* owner, long, void* chain) {
  *static_cast<STACK_OF(X509)**>(chain) = current_credential(owner).chain.get();
  return 1;
}

template <class Owner>
long build_certificate_chain(Owner* owner, long flags, void*) {
  return build_chain(owner, flags);
}

long add_extra_chain_certificate(SSL_CTX* ctx, long, void* certificate) {
  if (!ctx->extra_certs) ctx->extra_certs.reset(sk_X509_new_null());
  if (!ctx->extra_certs ||
      sk_X509_push(ctx->extra_certs.get(), static_cast<X509*>(certificate)) == 0) {
    raise(Reason::malloc_failure);
    return 0;
  }
  return 1;
}

// Without extra certificates, those of the current slot, unless `only` the extra ones are wanted.
long get_extra_chain_certificates(SSL_CTX* ctx, long only, void* chain) {
  const bool own = !ctx->extra_certs && only == 0;
  *static_cast<STACK_OF(X509)**>(chain) =
      own ? current_credential(ctx).chain.get() : ctx->extra_certs.get();
  return 1;
}

long clear_extra_chain_certificates(SSL_CTX* ctx, long, void*) {
  ctx->extra_certs.reset();
  return 1;
}

// --- the current certificate --------------------------------------------------------------------

template <class Owner>
long select_current_certificate(Owner* owner, long, void* certificate) {
  const auto* wanted = static_cast<const X509*>(certificate);
  if (wanted == nullptr) return 0;
  return guard<long>(0, [&]() -> long {
    if (select_if(owner, [&](const Credential& slot) { return slot.leaf.get() == wanted; }) == 1) {
      return 1;
    }
    return select_if(
        owner, [&](const Credential& slot) { return X509_cmp(slot.leaf.get(), wanted) == 0; });
  });
}

template <class Owner>
long set_current_certificate(Owner* owner, long which, void*) {
  return guard<long>(0, [&]() -> long {
    const auto current = static_cast<std::size_t>(config_of(owner).credentials->current);
    std::size_t first = 0;
    if constexpr (std::is_same_v<Owner, SSL>) {
      if (which == SSL_CERT_SET_SERVER) {
        const Negotiated& negotiated = owner->connection.negotiated();
        if (!is_server(owner) || negotiated.own_scheme == SignatureScheme::none) return 0;
        return make_current(owner, negotiated.own_credential);
      }
    }
    if (which == SSL_CERT_SET_NEXT) {
      first = current + 1;
    } else if (which != SSL_CERT_SET_FIRST) {
      return 0;
    }
    for (std::size_t i = first; i < std::size(kSlots); ++i) {
      if (config_of(owner).credentials->slot(kSlots[i]).usable()) {
        return make_current(owner, kSlots[i]);
      }
    }
    return 0;
  });
}

// --- stores -------------------------------------------------------------------------------------

template <class Owner>
long set_verify_store(Owner* owner, long add_reference, void* store) {
  return guard<long>(0, [&]() -> long {
    edit_identity(owner).verify_store = take_store(store, add_reference);
    return 1;
  });
}

template <class Owner>
long set_chain_store(Owner* owner, long add_reference, void* store) {
  return guard<long>(0, [&]() -> long {
    edit_identity(owner).chain_store = take_store(store, add_reference);
    return 1;
  });
}

template <class Owner>
long get_verify_store(Owner* owner, long, void* store) {
  *static_cast<X509_STORE**>(store) = identity_of(owner).verify_store.get();
  return 1;
}

template <class Owner>
long get_chain_store(Owner* owner, long, void* store) {
  *static_cast<X509_STORE**>(store) = identity_of(owner).chain_store.get();
  return 1;
}

// --- flags and types ----------------------------------------------------------------------------

template <class Owner>
long add_certificate_flags(Owner* owner, long flags, void*) {
  return guard<long>(
      0, [&]() -> long { return edit_identity(owner).flags |= static_cast<std::uint32_t>(flags); });
}

template <class Owner>
long clear_certificate_flags(Owner* owner, long flags, void*) {
  return guard<long>(0, [&]() -> long {
    return edit_identity(owner).flags &= ~static_cast<std::uint32_t>(flags);
  });
}

template <class Owner>
long set_certificate_types(Owner* owner, long count, void* types) {
  if (!may_ask_for_types(owner)) return 0;
  return guard<long>(0, [&]() -> long {
    const auto* first = static_cast<const unsigned char*>(types);
    if (first == nullptr || count <= 0) {
      edit_identity(owner).certificate_types.clear();
      return 1;
    }
    // One byte of the message holds the length (RFC 5246 §7.4.4).
    if (count > 0xff) return 0;
    edit_identity(owner).certificate_types.assign(first, first + count);
    return 1;
  });
}

// What the server's CertificateRequest asked for; TLS 1.3's has no types.
long get_certificate_types(SSL* ssl, long, void* types) {
  const Bytes& asked = ssl->connection.negotiated().peer_certificate_types;
  if (is_server(ssl) || ssl->connection.negotiated().version == ProtocolVersion::unset) return 0;
  if (types != nullptr) *static_cast<const std::uint8_t**>(types) = asked.data();
  return static_cast<long>(asked.size());
}

// --- ephemeral DH for TLS 1.2 -------------------------------------------------------------------

template <class Owner>
long set_tmp_dh(Owner* owner, long, void* dh) {
  if (dh == nullptr) {
    raise(Reason::passed_null_parameter);
    return 0;
  }
  EVP_PKEY* key = wrap_dh(static_cast<DH*>(dh));
  if (key == nullptr) {
    raise(Reason::malloc_failure);
    return 0;
  }
  if (set_tmp_dh_key(owner, key) == 1) return 1;
  EVP_PKEY_free(key);
  return 0;
}

template <class Owner>
long set_tmp_dh_auto(Owner* owner, long on, void*) {
  return guard<long>(0, [&]() -> long {
    edit_identity(owner).tmp_dh_auto = static_cast<int>(on);
    return 1;
  });
}

template <class Owner>
long set_tmp_dh_callback(Owner* owner, void (*callback)(void)) {
  return guard<long>(0, [&]() -> long {
    edit_identity(owner).tmp_dh_callback = reinterpret_cast<TmpDhFn>(callback);
    return 1;
  });
}

#define CIAO_FOR_OWNER(Owner)                                    \
  template long change_chain(Owner*, long, void*);               \
  template long change_chain_certificate(Owner*, long, void*);   \
  template long get_chain(Owner*, long, void*);                  \
  template long build_certificate_chain(Owner*, long, void*);    \
  template long select_current_certificate(Owner*, long, void*); \
  template long set_current_certificate(Owner*, long, void*);    \
  template long set_verify_store(Owner*, long, void*);           \
  template long set_chain_store(Owner*, long, void*);            \
  template long get_verify_store(Owner*, long, void*);           \
  template long get_chain_store(Owner*, long, void*);            \
  template long add_certificate_flags(Owner*, long, void*);      \
  template long clear_certificate_flags(Owner*, long, void*);    \
  template long set_certificate_types(Owner*, long, void*);      \
  template long set_tmp_dh(Owner*, long, void*);                 \
  template long set_tmp_dh_auto(Owner*, long, void*);            \
  template long set_tmp_dh_callback(Owner*, void (*)(void));
CIAO_FOR_OWNER(SSL)
CIAO_FOR_OWNER(SSL_CTX)
#undef CIAO_FOR_OWNER

}  // namespace ciao::tls
