#include "libssl/ephemeral_dh.h"

#include <algorithm>

#include "crypto/key_share.h"
#include "libssl/owner.h"
#include "libssl/security_policy.h"

namespace ciao::tls {
namespace {

// SSL_CTX_set_dh_auto(3): 1 goes by the certificate's key, 2 by the security level alone.
constexpr int kAutoByLevel = 2;

struct NamedStrength {
  NamedGroup group;
  int bits;  // as libcrypto counts for a group of this size
};
constexpr NamedStrength kNamed[] = {{NamedGroup::ffdhe2048, 112},
                                    {NamedGroup::ffdhe3072, 128},
                                    {NamedGroup::ffdhe4096, 152},
                                    {NamedGroup::ffdhe6144, 176},
                                    {NamedGroup::ffdhe8192, 200}};

// The strength that an automatic group has to have.
int wanted_bits(const Identity& identity, const DhQuestion& question) {
  int bits = 80;
  if (identity.tmp_dh_auto != kAutoByLevel) {
    const SSL_CIPHER* cipher = find_cipher(question.suite.id);
    if (question.credential != nullptr) {
      bits = EVP_PKEY_get_security_bits(question.credential->key.get());
    } else if (cipher != nullptr && cipher->strength_bits() == 256) {
      bits = 128;
    }
  }
  return std::max(bits, security_level_bits(identity.security_level));
}

// RFC 7919 §4: a client that lists finite-field groups is served with one of them.
bool names_groups(const DhQuestion& question) {
  return std::ranges::any_of(question.peer_groups, is_ffdhe);
}

NamedGroup weakest_of_the_clients(const DhQuestion& question, int bits) {
  for (const NamedStrength& named : kNamed) {
    if (named.bits >= bits &&
        std::ranges::find(question.peer_groups, named.group) != question.peer_groups.end()) {
      return named.group;
    }
  }
  return NamedGroup::none;
}

Result<DhGroup> automatic_group(const SSL* ssl, const DhQuestion& question) {
  const int bits = wanted_bits(*ssl->identity, question);
  const Algorithms& algorithms = *ssl->ctx->algorithms;
  if (!names_groups(question)) return DhGroup::modp(algorithms, bits);
  return DhGroup::named(algorithms, weakest_of_the_clients(question, bits));
}

Result<DhGroup> configured_group(SSL* ssl, const DhQuestion& question) {
  // Held while the callback runs, which may change it.
  const Ref<Identity> identity = ssl->identity;
  if (identity->tmp_dh_auto != 0) return automatic_group(ssl, question);
  if (identity->tmp_dh.get() != nullptr) {
    EVP_PKEY_up_ref(identity->tmp_dh.get());
    return DhGroup(EvpPkeyPtr(identity->tmp_dh.get()));
  }
  if (identity->tmp_dh_callback == nullptr) {
    return Error{Reason::missing_tmp_dh_key, AlertDescription::internal_error};
  }
  // What it gives stays its own. The size is a relic that every callback ignores.
  DH* dh = identity->tmp_dh_callback(ssl, 0, 1024);
  EvpPkeyPtr key(EVP_PKEY_new());
  if (dh == nullptr || !key || EVP_PKEY_set1_DH(key.get(), dh) != 1) {
    return Error{Reason::internal_error, AlertDescription::internal_error};
  }
  return DhGroup(std::move(key));
}

}  // namespace

bool has_ephemeral_dh(const SSL* ssl, const DhQuestion& question) {
  const Identity& identity = *ssl->identity;
  if (identity.tmp_dh_auto == 0) {
    // What the application chose goes to every client, as in OpenSSL: RFC 7919 is for groups that
    // are negotiated.
    return identity.tmp_dh.get() != nullptr || identity.tmp_dh_callback != nullptr;
  }
  // RFC 7919 §4: "If none of the client-proposed FFDHE groups are known and acceptable to the
  // server, then the server MUST NOT select an FFDHE cipher suite."
  return !names_groups(question) ||
         weakest_of_the_clients(question, wanted_bits(identity, question)) != NamedGroup::none;
}

Result<DhGroup> ephemeral_dh(SSL* ssl, const DhQuestion& question) {
  DhGroup group = TRY(configured_group(ssl, question));
  TRY(check_ephemeral_dh(ssl, group));
  return group;
}

Result<void> check_ephemeral_dh(const SSL* ssl, const DhGroup& group) {
  const SecurityQuestion question{
      .op = SSL_SECOP_TMP_DH, .bits = group.security_bits(), .nid = 0, .other = group.key()};
  if (security_allows(ssl, question)) return {};
  return Error{Reason::dh_key_too_small, AlertDescription::handshake_failure};
}

}  // namespace ciao::tls
