#include "libssl/credential_slots.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "libssl/entry.h"
#include "libssl/security_policy.h"

namespace ciao::tls {
namespace {

template <class Owner>
Result<void> check_security(Owner* owner, X509* certificate, CertificateUse use) {
  const SSL* ssl = nullptr;
  const SSL_CTX* ctx = nullptr;
  if constexpr (std::is_same_v<Owner, SSL>) {
    ssl = owner;
  } else {
    ctx = owner;
  }
  const Reason reason = check_certificate_security(ssl, ctx, certificate, use);
  if (reason != Reason::none) return silent_error(reason);
  return {};
}

template <class Owner>
Result<void> check_chain_security(Owner* owner, const STACK_OF(X509) * chain) {
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    TRY(check_security(owner, sk_X509_value(chain, i), CertificateUse::own_ca));
  }
  return {};
}

X509Ptr share(X509* certificate) {
  X509_up_ref(certificate);
  return X509Ptr(certificate);
}

EvpPkeyPtr share(EVP_PKEY* key) {
  EVP_PKEY_up_ref(key);
  return EvpPkeyPtr(key);
}

// A key that no longer fits the slot's new certificate is dropped, not an error: certificate and
// key are replaced one after the other.
void drop_mismatched_key(Credential& slot, X509* certificate, EVP_PKEY* public_key) {
  if (!slot.key) return;
  EVP_PKEY_copy_parameters(public_key, slot.key.get());
  ERR_clear_error();
  if (X509_check_private_key(certificate, slot.key.get()) == 1) return;
  slot.key.reset();
  ERR_clear_error();
}

template <class Owner>
Result<void> put_certificate(Owner* owner, X509* certificate) {
  if (certificate == nullptr) return silent_error(Reason::passed_null_parameter);
  TRY(check_security(owner, certificate, CertificateUse::own_leaf));
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) return silent_error(Reason::x509_lib);
  KeyKind kind{};
  if (!key_kind(key, kind)) return silent_error(Reason::unknown_certificate_type);
  if (kind == KeyKind::ecdsa && EVP_PKEY_can_sign(key) != 1) {
    return silent_error(Reason::ecc_cert_not_for_signing);
  }
  Credentials& credentials = edit_credentials(owner);
  Credential& slot = credentials.slot(kind);
  drop_mismatched_key(slot, certificate, key);
  slot.leaf = share(certificate);
  credentials.current = kind;
  return {};
}

template <class Owner>
Result<void> put_private_key(Owner* owner, EVP_PKEY* key) {
  if (key == nullptr) return silent_error(Reason::passed_null_parameter);
  KeyKind kind{};
  if (!key_kind(key, kind)) return silent_error(Reason::unknown_certificate_type);
  const Credential& present = config_of(owner).credentials->slot(kind);
  // libcrypto has said why (X509_R_KEY_VALUES_MISMATCH).
  if (present.leaf && X509_check_private_key(present.leaf.get(), key) != 1) return kQuietFailure;
  Credentials& credentials = edit_credentials(owner);
  credentials.slot(kind).key = share(key);
  credentials.current = kind;
  return {};
}

// DSA and EC keys may leave their parameters to the other half.
Result<void> complete_parameters(EVP_PKEY* public_key, EVP_PKEY* private_key) {
  if (EVP_PKEY_missing_parameters(private_key) != 0) {
    if (EVP_PKEY_missing_parameters(public_key) != 0) {
      return silent_error(Reason::missing_parameters);
    }
    EVP_PKEY_copy_parameters(private_key, public_key);
  } else if (EVP_PKEY_missing_parameters(public_key) != 0) {
    EVP_PKEY_copy_parameters(public_key, private_key);
  }
  if (EVP_PKEY_eq(public_key, private_key) != 1) return silent_error(Reason::private_key_mismatch);
  return {};
}

template <class Owner>
Result<void> put_both(Owner* owner, X509* certificate, EVP_PKEY* key, STACK_OF(X509) * chain,
                      bool override) {
  TRY(check_security(owner, certificate, CertificateUse::own_leaf));
  TRY(check_chain_security(owner, chain));
  const EvpPkeyPtr public_key(X509_get_pubkey(certificate));
  if (!public_key) return kQuietFailure;
  if (key == nullptr) {
    key = public_key.get();
  } else {
    TRY(complete_parameters(public_key.get(), key));
  }
  KeyKind kind{};
  if (!key_kind(public_key.get(), kind)) return silent_error(Reason::unknown_certificate_type);
  const Credential& present = config_of(owner).credentials->slot(kind);
  if (!override && (present.leaf || present.key || present.chain)) {
    return silent_error(Reason::not_replacing_certificate);
  }
  X509StackPtr own_chain(chain != nullptr ? X509_chain_up_ref(chain) : nullptr);
  if (chain != nullptr && !own_chain) return silent_error(Reason::malloc_failure);
  Credentials& credentials = edit_credentials(owner);
  Credential& slot = credentials.slot(kind);
  slot.chain = std::move(own_chain);
  slot.leaf = share(certificate);
  slot.key = share(key);
  credentials.current = kind;
  return {};
}

template <class Owner>
Credential& edit_current(Owner* owner) {
  Credentials& credentials = edit_credentials(owner);
  return credentials.slot(credentials.current);
}

template <class Owner>
Result<void> put_chain(Owner* owner, STACK_OF(X509) * chain) {
  TRY(check_chain_security(owner, chain));
  edit_current(owner).chain.reset(chain);
  return {};
}

template <class Owner>
Result<void> append_to_chain(Owner* owner, X509* certificate) {
  TRY(check_security(owner, certificate, CertificateUse::own_ca));
  Credential& slot = edit_current(owner);
  if (!slot.chain) slot.chain.reset(sk_X509_new_null());
  if (!slot.chain || sk_X509_push(slot.chain.get(), certificate) == 0) {
    return silent_error(Reason::malloc_failure);
  }
  return {};
}

// --- SSL_CTX_build_cert_chain -------------------------------------------------------------------

// The certificates of the slot themselves, for a chain that is to be put in order and checked.
StoreRef store_of(const Credential& slot) {
  StoreRef store = StoreRef::adopt(X509_STORE_new());
  if (!store || X509_STORE_add_cert(store.get(), slot.leaf.get()) != 1) return {};
  for (int i = 0; i < sk_X509_num(slot.chain.get()); ++i) {
    if (X509_STORE_add_cert(store.get(), sk_X509_value(slot.chain.get(), i)) != 1) return {};
  }
  return store;
}

void raise_verify_error(int error) {
  const std::string text = std::string("Verify error:") + X509_verify_cert_error_string(error);
  raise(Reason::certificate_verify_failed, text.c_str());
}

// The chain above the leaf; null with an error raised. `ignored` is set when one was passed over.
X509StackPtr find_chain(SSL_CTX* ctx, const Credential& slot, X509_STORE* store, long flags,
                        unsigned long suite_b, bool& ignored) {
  const StoreContextPtr context(
      X509_STORE_CTX_new_ex(ctx->algorithms->libctx(), ctx->algorithms->properties()));
  STACK_OF(X509)* untrusted =
      (flags & SSL_BUILD_CHAIN_FLAG_UNTRUSTED) != 0 && (flags & SSL_BUILD_CHAIN_FLAG_CHECK) == 0
          ? slot.chain.get()
          : nullptr;
  if (!context || X509_STORE_CTX_init(context.get(), store, slot.leaf.get(), untrusted) != 1) {
    raise(Reason::err_x509_lib);
    return nullptr;
  }
  X509_STORE_CTX_set_flags(context.get(), suite_b);
  if (X509_verify_cert(context.get()) <= 0) {
    if ((flags & SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR) == 0) {
      raise_verify_error(X509_STORE_CTX_get_error(context.get()));
      return nullptr;
    }
    if ((flags & SSL_BUILD_CHAIN_FLAG_CLEAR_ERROR) != 0) ERR_clear_error();
    ignored = true;
  }
  X509StackPtr chain(X509_STORE_CTX_get1_chain(context.get()));
  if (!chain) {
    raise(Reason::malloc_failure);
    return nullptr;
  }
  X509_free(sk_X509_shift(chain.get()));
  if ((flags & SSL_BUILD_CHAIN_FLAG_NO_ROOT) != 0 && sk_X509_num(chain.get()) > 0) {
    X509* last = sk_X509_value(chain.get(), sk_X509_num(chain.get()) - 1);
    if ((X509_get_extension_flags(last) & EXFLAG_SS) != 0) X509_free(sk_X509_pop(chain.get()));
  }
  return chain;
}

template <class Owner>
int build(Owner* owner, long flags) {
  return guard(0, [&] {
    const Credentials& credentials = *config_of(owner).credentials;
    const Credential& slot = credentials.slot(credentials.current);
    if (!slot.leaf) {
      raise(Reason::no_certificate_set);
      return 0;
    }
    SSL_CTX* ctx = context_of(owner);
    const Identity& identity = identity_of(owner);
    StoreRef store;
    if ((flags & SSL_BUILD_CHAIN_FLAG_CHECK) != 0) {
      store = store_of(slot);
      if (!store) return 0;
    } else {
      store = identity.chain_store ? identity.chain_store : StoreRef::share(ctx->cert_store);
    }
    bool ignored = false;
    const unsigned long suite_b = identity.flags & kSuiteBFlags;
    X509StackPtr chain = find_chain(ctx, slot, store.get(), flags, suite_b, ignored);
    if (!chain) return 0;
    const Result<void> secure = check_chain_security(owner, chain.get());
    if (!secure) {
      raise(secure.error());
      return 0;
    }
    // OpenSSL tells of an ignored error only when nothing was put into the chain.
    const bool empty = sk_X509_num(chain.get()) <= 0;
    edit_current(owner).chain = std::move(chain);
    return ignored && empty ? 2 : 1;
  });
}

}  // namespace

const Credential& current_credential(const SSL* ssl) {
  const Credentials& credentials = *config_of(ssl).credentials;
  const Negotiated& negotiated = ssl->connection.negotiated();
  const bool used = negotiated.own_scheme != SignatureScheme::none;
  return credentials.slot(used ? negotiated.own_credential : credentials.current);
}

Credentials& edit_credentials(SSL_CTX* ctx) { return edit(edit_config(ctx).credentials); }
Credentials& edit_credentials(SSL* ssl) { return edit(edit_config(ssl).credentials); }

Result<void> use_certificate(SSL_CTX* ctx, X509* certificate) {
  return put_certificate(ctx, certificate);
}
Result<void> use_certificate(SSL* ssl, X509* certificate) {
  return put_certificate(ssl, certificate);
}
Result<void> use_private_key(SSL_CTX* ctx, EVP_PKEY* key) { return put_private_key(ctx, key); }
Result<void> use_private_key(SSL* ssl, EVP_PKEY* key) { return put_private_key(ssl, key); }

Result<void> use_both(SSL_CTX* ctx, X509* certificate, EVP_PKEY* key, STACK_OF(X509) * chain,
                      bool override) {
  return put_both(ctx, certificate, key, chain, override);
}
Result<void> use_both(SSL* ssl, X509* certificate, EVP_PKEY* key, STACK_OF(X509) * chain,
                      bool override) {
  return put_both(ssl, certificate, key, chain, override);
}

Result<void> check_private_key(const Credential& credential) {
  if (!credential.leaf) return silent_error(Reason::no_certificate_assigned);
  if (!credential.key) return silent_error(Reason::no_private_key_assigned);
  if (X509_check_private_key(credential.leaf.get(), credential.key.get()) != 1) {
    return kQuietFailure;
  }
  return {};
}

Result<void> set_chain(SSL_CTX* ctx, STACK_OF(X509) * chain) { return put_chain(ctx, chain); }
Result<void> set_chain(SSL* ssl, STACK_OF(X509) * chain) { return put_chain(ssl, chain); }
Result<void> add_chain_certificate(SSL_CTX* ctx, X509* certificate) {
  return append_to_chain(ctx, certificate);
}
Result<void> add_chain_certificate(SSL* ssl, X509* certificate) {
  return append_to_chain(ssl, certificate);
}

int build_chain(SSL_CTX* ctx, long flags) { return build(ctx, flags); }
int build_chain(SSL* ssl, long flags) { return build(ssl, flags); }

}  // namespace ciao::tls
