#include "libssl/chain_check.h"

#include <openssl/core_names.h>
#include <openssl/x509.h>

#include <algorithm>
#include <string_view>

#include "config/defaults.h"
#include "crypto/key_share.h"
#include "crypto/signature.h"
#include "libssl/algorithm_lists.h"
#include "libssl/group_table.h"
#include "libssl/security_policy.h"
#include "x509/leaf_signature.h"

namespace ciao::tls {
namespace {

// What makes a chain valid: of the leaf alone, and where the application asked for all of it.
constexpr int kLeafFlags = CERT_PKEY_EE_SIGNATURE | CERT_PKEY_EE_PARAM;
constexpr int kStrictFlags = kLeafFlags | CERT_PKEY_CA_SIGNATURE | CERT_PKEY_CA_PARAM |
                             CERT_PKEY_ISSUER_NAME | CERT_PKEY_CERT_TYPE;

// RFC 5246 §7.4.1.4.1: what a peer that sends no signature_algorithms is taken to have.
SignatureScheme assumed_scheme(KeyKind kind) {
  switch (kind) {
    case KeyKind::rsa: return SignatureScheme::rsa_pkcs1_sha1;
    case KeyKind::ecdsa: return SignatureScheme::ecdsa_sha1;
    case KeyKind::dsa: return SignatureScheme::dsa_sha1;
    case KeyKind::rsa_pss:
    case KeyKind::ed25519:
    case KeyKind::ed448: break;
  }
  return SignatureScheme::none;
}

// RFC 5246 §7.4.4: the ClientCertificateType of a key; 0 for keys that came later.
std::uint8_t certificate_type(KeyKind kind) {
  switch (kind) {
    case KeyKind::rsa: return TLS_CT_RSA_SIGN;
    case KeyKind::dsa: return TLS_CT_DSS_SIGN;
    case KeyKind::ecdsa: return TLS_CT_ECDSA_SIGN;
    case KeyKind::rsa_pss:
    case KeyKind::ed25519:
    case KeyKind::ed448: break;
  }
  return 0;
}

bool is_ec(const EVP_PKEY* key) { return EVP_PKEY_is_a(key, "EC") == 1; }

bool is_compressed(const EVP_PKEY* key) {
  char form[32] = {};
  std::size_t size = 0;
  return EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, form,
                                        sizeof form, &size) == 1 &&
         std::string_view(form) != OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED;
}

class ChainCheck {
 public:
  ChainCheck(SSL* ssl, X509* leaf, EVP_PKEY* key, KeyKind kind, STACK_OF(X509) * chain)
      : ssl_(ssl),
        facts_(ssl->connection.negotiated()),
        leaf_(leaf),
        key_(key),
        kind_(kind),
        chain_(chain),
        tls13_(facts_.version == ProtocolVersion::tls1_3),
        shared_(shared_schemes(ssl)) {}

  int flags() {
    const std::uint32_t suite_b = ssl_->identity->flags & kSuiteBFlags;
    int required = (ssl_->identity->flags & (SSL_CERT_FLAG_TLS_STRICT | kSuiteBFlags)) != 0
                       ? kStrictFlags
                       : kLeafFlags;
    int found = 0;
    if (suite_b != 0) {
      required |= CERT_PKEY_SUITEB;
      if (X509_chain_check_suiteb(nullptr, leaf_, chain_, suite_b) == X509_V_OK) {
        found |= CERT_PKEY_SUITEB;
      }
    }
    found |= signatures() | parameters() | client_wishes();
    if ((found & required) == required) found |= CERT_PKEY_VALID;
    return found | signing();
  }

 private:
  template <class Allowed>
  bool all_of_chain(Allowed allowed) const {
    for (int i = 0; i < sk_X509_num(chain_); ++i) {
      if (!allowed(sk_X509_value(chain_, i))) return false;
    }
    return true;
  }

  bool peer_listed_none() const {
    return facts_.peer_schemes.empty() && facts_.peer_certificate_schemes.empty();
  }

  // --- what the certificates are signed with ---

  int signatures() const {
    int assumed = NID_undef;
    bool any = false;
    if (peer_listed_none()) {
      const SignatureScheme scheme = assumed_scheme(kind_);
      any = scheme == SignatureScheme::none;
      // The application's own list may leave out what the peer is taken to have.
      const auto& configured = ssl_->identity->schemes;
      if (!any && !configured.empty() &&
          std::ranges::find(configured, code(scheme)) == configured.end()) {
        return 0;
      }
      if (!any) assumed = combined_nid(*find_scheme(scheme));
    }
    const auto allowed = [&](const X509* certificate) {
      return any || signature_allowed(certificate, assumed);
    };
    const bool leaf = tls13_ ? signs_in_tls13() : allowed(leaf_);
    return (leaf ? CERT_PKEY_EE_SIGNATURE : 0) |
           (all_of_chain(allowed) ? CERT_PKEY_CA_SIGNATURE : 0);
  }

  bool signature_allowed(const X509* certificate, int assumed) const {
    const int nid = X509_get_signature_nid(certificate);
    if (assumed != NID_undef) return nid == assumed;
    const bool own_list = tls13_ && !facts_.peer_certificate_schemes.empty();
    return std::ranges::any_of(own_list ? facts_.peer_certificate_schemes : shared_,
                               [&](SignatureScheme scheme) {
                                 const SchemeInfo* info = find_scheme(scheme);
                                 return info != nullptr && combined_nid(*info) == nid;
                               });
  }

  // RFC 8446 §4.4.2.2: a scheme that both have and the key fits, and the leaf's own signature as
  // signature_algorithms_cert wants it.
  bool signs_in_tls13() const {
    const bool key_fits = std::ranges::any_of(shared_, [&](SignatureScheme scheme) {
      const SchemeInfo* info = find_scheme(scheme);
      return info != nullptr && info->tls13 && key_fits_scheme(key_, *info);
    });
    if (!key_fits || facts_.peer_certificate_schemes.empty()) return key_fits;
    return leaf_signed_by(leaf_, facts_.peer_certificate_schemes);
  }

  // --- their keys ---

  int parameters() const {
    // A client has no say about the rest of its own chain.
    const bool rest = !is_server(ssl_) || all_of_chain([&](const X509* certificate) {
      return parameters_allowed(certificate, false);
    });
    return (parameters_allowed(leaf_, true) ? CERT_PKEY_EE_PARAM : 0) |
           (rest ? CERT_PKEY_CA_PARAM : 0);
  }

  bool parameters_allowed(const X509* certificate, bool leaf) const {
    const EVP_PKEY* key = X509_get0_pubkey(certificate);
    if (key == nullptr) return false;
    if (!is_ec(key)) return true;
    // RFC 8422 §5.1.2: without the extension every format will do.
    if (!tls13_ && is_compressed(key) && !facts_.peer_point_formats.empty()) return false;
    const NamedGroup curve = key_curve(key);
    if (curve == NamedGroup::none || !curve_allowed(curve)) return false;
    if (!leaf || (ssl_->identity->flags & kSuiteBFlags) == 0) return true;
    // RFC 6460 §3.1: each curve with its hash.
    const SignatureScheme wanted = curve == NamedGroup::secp384r1
                                       ? SignatureScheme::ecdsa_secp384r1_sha384
                                       : SignatureScheme::ecdsa_secp256r1_sha256;
    return std::ranges::find(shared_, wanted) != shared_.end();
  }

  bool curve_allowed(NamedGroup curve) const {
    const GroupName* name = find_group_by_id(code(curve));
    if (name == nullptr) return false;
    const bool suite_b = (ssl_->identity->flags & kSuiteBFlags) != 0;
    if (suite_b && facts_.suite != nullptr && curve != suite_b_curve(facts_.suite->id)) {
      return false;
    }
    if (!security_allows_group(ssl_, SSL_SECOP_CURVE_CHECK, *name)) return false;
    if (is_server(ssl_)) {
      const auto& peers = facts_.peer_groups;
      // RFC 8422 §5.1: a client that lists none has nothing against any.
      return peers.empty() || std::ranges::find(peers, curve) != peers.end();
    }
    const auto& own = config_of(ssl_).groups;
    return own.empty() ? std::ranges::find(kDefaultGroups, curve) != std::end(kDefaultGroups)
                       : std::ranges::find(own, curve) != own.end();
  }

  // --- what a server wants of a client's certificate ---

  int client_wishes() const {
    if (is_server(ssl_)) return CERT_PKEY_ISSUER_NAME | CERT_PKEY_CERT_TYPE;
    const std::uint8_t type = certificate_type(kind_);
    const Bytes& types = facts_.peer_certificate_types;
    const bool type_fits = type == 0 || std::ranges::find(types, type) != types.end();
    return (type_fits ? CERT_PKEY_CERT_TYPE : 0) | (issuer_fits() ? CERT_PKEY_ISSUER_NAME : 0);
  }

  bool issuer_fits() const {
    const STACK_OF(X509_NAME)* names = SSL_get0_peer_CA_list(ssl_);
    if (sk_X509_NAME_num(names) <= 0) return true;
    const auto named = [&](const X509* certificate) {
      for (int i = 0; i < sk_X509_NAME_num(names); ++i) {
        const X509_NAME* name = sk_X509_NAME_value(names, i);
        if (X509_NAME_cmp(name, X509_get_issuer_name(certificate)) == 0) return true;
      }
      return false;
    };
    return named(leaf_) ||
           !all_of_chain([&](const X509* certificate) { return !named(certificate); });
  }

  // --- whether keys of this kind can sign for the peer at all ---

  int signing() const {
    if (peer_listed_none()) {
      const SignatureScheme assumed = assumed_scheme(kind_);
      const auto& own = config_of(ssl_).schemes;
      const bool have =
          own.empty() ? std::ranges::find(kDefaultSchemes, assumed) != std::end(kDefaultSchemes)
                      : std::ranges::find(own, assumed) != own.end();
      return is_server(ssl_) && assumed != SignatureScheme::none && have ? CERT_PKEY_SIGN : 0;
    }
    const bool listed = std::ranges::any_of(shared_, [&](SignatureScheme scheme) {
      const SchemeInfo* info = find_scheme(scheme);
      return info != nullptr && info->key == kind_ &&
             !(tls13_ && info->signature_nid == EVP_PKEY_RSA);
    });
    return listed ? CERT_PKEY_SIGN | CERT_PKEY_EXPLICIT_SIGN : 0;
  }

  SSL* ssl_;
  const Negotiated& facts_;
  X509* leaf_;
  EVP_PKEY* key_;
  KeyKind kind_;
  STACK_OF(X509) * chain_;
  bool tls13_;
  std::vector<SignatureScheme> shared_;
};

}  // namespace

int check_chain(SSL* ssl, X509* leaf, EVP_PKEY* key, STACK_OF(X509) * chain) {
  KeyKind kind{};
  if (leaf == nullptr || key == nullptr || !key_kind(key, kind)) return 0;
  return ChainCheck(ssl, leaf, key, kind, chain).flags();
}

}  // namespace ciao::tls
