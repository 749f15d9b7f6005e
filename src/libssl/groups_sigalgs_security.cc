// SSL_CTX_set1_curves(3), SSL_CTX_set1_sigalgs(3), SSL_get_shared_sigalgs(3),
// SSL_CTX_set_security_level(3), SSL_group_to_name(3).
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <limits>

#include "config/defaults.h"
#include "crypto/dh.h"
#include "libssl/algorithm_lists.h"
#include "libssl/ctrl_handlers.h"
#include "libssl/entry.h"
#include "libssl/group_table.h"
#include "libssl/later_prototypes.h"
#include "libssl/null_arguments.h"
#include "libssl/owner.h"
#include "libssl/security_policy.h"

namespace ciao::tls {
namespace {

// What SSL_CTX_get_security_callback gives before another one is set: applications wrap it.
int default_security_callback(const SSL* ssl, const SSL_CTX* ctx, int op, int bits, int nid,
                              void* other, void*) {
  const Identity& identity = ssl != nullptr ? *ssl->identity : *ctx->identity;
  const SSL_METHOD* method = ssl != nullptr ? ssl->method : ctx->method;
  const SecurityQuestion question{.op = op, .bits = bits, .nid = nid, .other = other};
  return default_security_policy(identity.security_level, method->datagram, question) ? 1 : 0;
}

SecurityFn security_callback(const Identity& identity) {
  return identity.security ? identity.security.fn : default_security_callback;
}

struct SchemeOutputs {
  int* key;
  int* digest;
  int* combined;
  unsigned char* raw_signature;
  unsigned char* raw_hash;
};

void describe(SignatureScheme scheme, const SchemeOutputs& out) {
  const SchemeInfo* info = find_scheme(scheme);
  const auto put = [](auto* to, int value) {
    if (to != nullptr) *to = static_cast<std::remove_reference_t<decltype(*to)>>(value);
  };
  put(out.key, info != nullptr ? info->signature_nid : NID_undef);
  put(out.digest, info != nullptr ? info->digest_nid : NID_undef);
  put(out.combined, info != nullptr ? combined_nid(*info) : NID_undef);
  put(out.raw_signature, code(scheme) & 0xff);
  put(out.raw_hash, code(scheme) >> 8);
}

// The number of schemes, with those of the one at `index` stored; 0 for an index beyond them. A
// negative index asks for the number alone.
int describe_at(const std::vector<SignatureScheme>& schemes, int index, const SchemeOutputs& out) {
  if (schemes.empty() || schemes.size() > std::numeric_limits<int>::max()) return 0;
  if (index >= static_cast<int>(schemes.size())) return 0;
  if (index >= 0) describe(schemes[static_cast<std::size_t>(index)], out);
  return static_cast<int>(schemes.size());
}

int key_type_of(SignatureScheme scheme, int* nid) {
  const SchemeInfo* info = find_scheme(scheme);
  if (info == nullptr) return 0;
  if (nid != nullptr) *nid = info->signature_nid;
  return 1;
}

int nid_of_group(NamedGroup group) {
  const GroupName* info = find_group_by_id(code(group));
  return info != nullptr ? info->nid : TLSEXT_nid_unknown | code(group);
}

const char* name_of_group(const SSL* ssl, NamedGroup group) {
  const ProviderGroup* provided = ssl != nullptr ? ssl->ctx->algorithms->group(group) : nullptr;
  if (provided != nullptr) return provided->name.c_str();
  const GroupName* info = find_group_by_id(code(group));
  return info != nullptr ? info->name : nullptr;
}

std::vector<NamedGroup> shared_groups(const SSL* ssl) {
  const Config& config = config_of(ssl);
  std::vector<NamedGroup> own = config.groups;
  if (own.empty()) own.assign(std::begin(kDefaultGroups), std::end(kDefaultGroups));
  const std::vector<NamedGroup>& peer = ssl->connection.negotiated().peer_groups;
  const bool own_order = config.has(option::kCipherServerPreference);
  const std::vector<NamedGroup>& preferred = own_order ? own : peer;
  const std::vector<NamedGroup>& other = own_order ? peer : own;
  const bool tls13 = ssl->connection.negotiated().version == ProtocolVersion::tls1_3;
  std::vector<NamedGroup> shared;
  std::ranges::copy_if(preferred, std::back_inserter(shared), [&](NamedGroup group) {
    // As in OpenSSL the curves alone in TLS 1.2, where RFC 7919's groups go with DHE suites.
    const bool fits =
        tls13 ? usable_in_tls13(ssl->connection.algorithms(), group) : !is_ffdhe(group);
    return fits && std::ranges::find(other, group) != other.end();
  });
  return shared;
}

// dh_Ys of the server that sent these ServerDHParams.
Result<EvpPkeyPtr> dh_key_of(const Algorithms& algorithms, ByteView params) {
  Reader reader(params);
  const ByteView p = TRY(reader.vector16());
  const ByteView g = TRY(reader.vector16());
  const ByteView value = TRY(reader.vector16());
  return dh_public_key(algorithms, TRY(DhGroup::received(algorithms, p, g)), value);
}

// 1, and a share of the key exchange as a key; 0 without one.
long give_share(const SSL* ssl, const Bytes& share, void* to) {
  if (share.empty()) return 0;
  const Algorithms& algorithms = ssl->connection.algorithms();
  const NamedGroup group = ssl->connection.negotiated().group;
  EVP_PKEY* key = nullptr;
  if (group != NamedGroup::none) {
    key = public_value_to_key(algorithms, group, share);
  } else if (Result<EvpPkeyPtr> dh = dh_key_of(algorithms, share)) {
    key = dh->release();
  }
  if (key == nullptr) return 0;
  *static_cast<EVP_PKEY**>(to) = key;
  return 1;
}

}  // namespace

// --- commands -----------------------------------------------------------------------------------

template <class Owner>
long set_groups_nids(Owner* owner, long count, void* nids) {
  return checked([&]() -> Result<void> {
    const std::span<const int> list(static_cast<const int*>(nids), static_cast<std::size_t>(count));
    edit_settings(owner).groups = TRY(groups_from_nids(list));
    return {};
  });
}
template long set_groups_nids(SSL*, long, void*);
template long set_groups_nids(SSL_CTX*, long, void*);

template <class Owner>
long set_groups_list(Owner* owner, long, void* list) {
  return checked([&]() -> Result<void> {
    edit_settings(owner).groups =
        TRY(parse_groups(static_cast<const char*>(list), context_of(owner)->algorithms->groups()));
    return {};
  });
}
template long set_groups_list(SSL*, long, void*);
template long set_groups_list(SSL_CTX*, long, void*);

template <class Owner>
long set_sigalgs_nids(Owner* owner, long count, void* nids) {
  return checked([&]() -> Result<void> {
    const std::span<const int> list(static_cast<const int*>(nids), static_cast<std::size_t>(count));
    edit_identity(owner).schemes = TRY(schemes_from_nids(list));
    return {};
  });
}
template long set_sigalgs_nids(SSL*, long, void*);
template long set_sigalgs_nids(SSL_CTX*, long, void*);

template <class Owner>
long set_client_sigalgs_nids(Owner* owner, long count, void* nids) {
  return checked([&]() -> Result<void> {
    const std::span<const int> list(static_cast<const int*>(nids), static_cast<std::size_t>(count));
    edit_identity(owner).client_schemes = TRY(schemes_from_nids(list));
    return {};
  });
}
template long set_client_sigalgs_nids(SSL*, long, void*);
template long set_client_sigalgs_nids(SSL_CTX*, long, void*);

template <class Owner>
long set_sigalgs_list(Owner* owner, long, void* list) {
  return checked([&]() -> Result<void> {
    edit_identity(owner).schemes = TRY(parse_schemes(static_cast<const char*>(list)));
    return {};
  });
}
template long set_sigalgs_list(SSL*, long, void*);
template long set_sigalgs_list(SSL_CTX*, long, void*);

template <class Owner>
long set_client_sigalgs_list(Owner* owner, long, void* list) {
  return checked([&]() -> Result<void> {
    edit_identity(owner).client_schemes = TRY(parse_schemes(static_cast<const char*>(list)));
    return {};
  });
}
template long set_client_sigalgs_list(SSL*, long, void*);
template long set_client_sigalgs_list(SSL_CTX*, long, void*);

// SSL_CTX_set_tmp_ecdh: the curve of a key, as the only group.
template <class Owner>
long set_tmp_ecdh(Owner* owner, long, void* ec_key) {
  return checked([&]() -> Result<void> {
    if (ec_key == nullptr) return silent_error(Reason::passed_null_parameter);
    const EC_GROUP* curve = EC_KEY_get0_group(static_cast<const EC_KEY*>(ec_key));
    if (curve == nullptr) return silent_error(Reason::missing_parameters);
    const int nid = EC_GROUP_get_curve_name(curve);
    if (nid == NID_undef) return kQuietFailure;
    edit_settings(owner).groups = TRY(groups_from_nids({&nid, 1}));
    return {};
  });
}
template long set_tmp_ecdh(SSL*, long, void*);
template long set_tmp_ecdh(SSL_CTX*, long, void*);

// Without a context these check the syntax of a list.
long check_groups_list(void* list) {
  return checked([&]() -> Result<void> {
    TRY(parse_groups(static_cast<const char*>(list), {}));
    return {};
  });
}

long check_sigalgs_list(void* list) {
  return checked([&]() -> Result<void> {
    TRY(parse_schemes(static_cast<const char*>(list)));
    return {};
  });
}

// SSL_get1_groups: how many groups the peer offered, and which.
long get_groups(SSL* ssl, long, void* nids) {
  const std::vector<NamedGroup>& groups = ssl->connection.negotiated().peer_groups;
  if (nids != nullptr) std::ranges::transform(groups, static_cast<int*>(nids), nid_of_group);
  return static_cast<long>(groups.size());
}

// The n-th group in common; the number of them for -1. Clients do not know.
long get_shared_group(SSL* ssl, long n, void*) {
  if (!is_server(ssl)) return 0;
  return guard<long>(0, [&]() -> long {
    const std::vector<NamedGroup> shared = shared_groups(ssl);
    if (n == -1) return static_cast<long>(shared.size());
    // -2 asks for the one that would be used.
    const std::size_t index = n == -2 ? 0 : static_cast<std::size_t>(n);
    return n < -2 || index >= shared.size() ? NID_undef : nid_of_group(shared[index]);
  });
}

namespace {

NamedGroup negotiated_group(const SSL* ssl) {
  const Negotiated& facts = ssl->connection.negotiated();
  const Ref<Session>& session = ssl->connection.session();
  // With a PSK alone (psk_ke) the one that its session comes from, as in OpenSSL.
  const bool of_session = facts.group == NamedGroup::none && facts.resumed && session;
  return of_session ? session->group : facts.group;
}

}  // namespace

long get_negotiated_group(SSL* ssl, long, void*) {
  const NamedGroup group = negotiated_group(ssl);
  return group != NamedGroup::none ? nid_of_group(group) : NID_undef;
}

long get_peer_signature_nid(SSL* ssl, long, void* nid) {
  const SchemeInfo* info = find_scheme(ssl->connection.negotiated().peer_scheme);
  if (info == nullptr) return 0;
  *static_cast<int*>(nid) = info->digest_nid;
  return 1;
}

long get_signature_nid(SSL* ssl, long, void* nid) {
  const SchemeInfo* info = find_scheme(ssl->connection.negotiated().own_scheme);
  if (info == nullptr) return 0;
  *static_cast<int*>(nid) = info->digest_nid;
  return 1;
}

// A key that the caller frees: our own share, in TLS 1.2 a server's between ServerKeyExchange and
// ClientKeyExchange. The public half alone: the other half is not ours to give.
long get_tmp_key(SSL* ssl, long, void* key) {
  return give_share(ssl, ssl->connection.negotiated().own_key_share, key);
}

// The same of the peer's share.
long get_peer_tmp_key(SSL* ssl, long, void* key) {
  return give_share(ssl, ssl->connection.negotiated().peer_key_share, key);
}

}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

const char* SSL_group_to_name(SSL* s, int id) {
  if ((id & TLSEXT_nid_unknown) != 0) {
    return name_of_group(s, static_cast<NamedGroup>(id & 0xffff));
  }
  const GroupName* group = find_group_by_nid(id);
  return group != nullptr ? group->name : nullptr;
}

const char* SSL_get0_group_name(SSL* s) {
  return refuse_null(s == nullptr) ? nullptr : name_of_group(s, negotiated_group(s));
}

char* SSL_get1_builtin_sigalgs(OSSL_LIB_CTX* libctx) {
  return guard<char*>(nullptr, [&] {
    return OPENSSL_strdup(names_of(AvailableSchemes::probe(libctx, nullptr)).c_str());
  });
}

int SSL_get_sigalgs(SSL* s, int idx, int* psign, int* phash, int* psignandhash, unsigned char* rsig,
                    unsigned char* rhash) {
  const SchemeOutputs out{psign, phash, psignandhash, rsig, rhash};
  return describe_at(s->connection.negotiated().peer_schemes, idx, out);
}

int SSL_get_shared_sigalgs(SSL* s, int idx, int* psign, int* phash, int* psignandhash,
                           unsigned char* rsig, unsigned char* rhash) {
  return guard(0, [&] {
    const std::vector<SignatureScheme> shared = shared_schemes(s);
    // Here a negative index is one without an answer.
    if (idx < 0) return 0;
    return describe_at(shared, idx, {psign, phash, psignandhash, rsig, rhash});
  });
}

int SSL_get_peer_signature_type_nid(const SSL* s, int* pnid) {
  return key_type_of(s->connection.negotiated().peer_scheme, pnid);
}

int SSL_get_signature_type_nid(const SSL* s, int* pnid) {
  return key_type_of(s->connection.negotiated().own_scheme, pnid);
}

int SSL_CTX_get_security_level(const SSL_CTX* ctx) { return ctx->identity->security_level; }
int SSL_get_security_level(const SSL* s) { return s->identity->security_level; }

void SSL_CTX_set_security_level(SSL_CTX* ctx, int level) {
  guard_void([&] { edit_identity(ctx).security_level = level; });
}

void SSL_set_security_level(SSL* s, int level) {
  guard_void([&] { edit_identity(s).security_level = level; });
}

SecurityFn SSL_CTX_get_security_callback(const SSL_CTX* ctx) {
  return security_callback(*ctx->identity);
}

SecurityFn SSL_get_security_callback(const SSL* s) { return security_callback(*s->identity); }

void SSL_CTX_set_security_callback(SSL_CTX* ctx, SecurityFn cb) {
  guard_void([&] { edit_identity(ctx).security.fn = cb; });
}

void SSL_set_security_callback(SSL* s, SecurityFn cb) {
  guard_void([&] { edit_identity(s).security.fn = cb; });
}

void* SSL_CTX_get0_security_ex_data(const SSL_CTX* ctx) { return ctx->identity->security.arg; }
void* SSL_get0_security_ex_data(const SSL* s) { return s->identity->security.arg; }

void SSL_CTX_set0_security_ex_data(SSL_CTX* ctx, void* ex) {
  guard_void([&] { edit_identity(ctx).security.arg = ex; });
}

void SSL_set0_security_ex_data(SSL* s, void* ex) {
  guard_void([&] { edit_identity(s).security.arg = ex; });
}

}  // extern "C"
