// Groups that a provider brings (provider-base(7), TLS-GROUP), by exchange of keys and by
// encapsulation: here X25519 under other names, with a KEM on top of it.
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/ssl.h>

#include <array>
#include <cstring>

#include "connections.h"

namespace {

using namespace abi;

OSSL_PROVIDER* whole;
OSSL_LIB_CTX* libctx;

// --- a KEM: the ciphertext is a fresh public key, the secret is X25519's ---

struct Kem {
  EVP_PKEY* key = nullptr;
};

constexpr std::size_t kSize = 32;

void* new_kem(void*) { return new Kem; }
void free_kem(void* kem) {
  EVP_PKEY_free(static_cast<Kem*>(kem)->key);
  delete static_cast<Kem*>(kem);
}

// Keys of the provider are raw public values, with the private ones where they are ours.
struct RawKey {
  unsigned char open[kSize];
  unsigned char secret[kSize];
  bool has_secret = false;
  bool has_open = false;
};

EVP_PKEY* x25519(const RawKey& key) {
  return key.has_secret
             ? EVP_PKEY_new_raw_private_key_ex(nullptr, "X25519", nullptr, key.secret, kSize)
             : EVP_PKEY_new_raw_public_key_ex(nullptr, "X25519", nullptr, key.open, kSize);
}

bool agree(EVP_PKEY* own, EVP_PKEY* peer, unsigned char* secret) {
  std::size_t size = kSize;
  EVP_PKEY_CTX* ctx = EVP_PKEY_CTX_new_from_pkey(nullptr, own, nullptr);
  const bool done = EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
                    EVP_PKEY_derive(ctx, secret, &size) == 1;
  EVP_PKEY_CTX_free(ctx);
  return done;
}

int init_kem(void* kem, void* key, const OSSL_PARAM*) {
  static_cast<Kem*>(kem)->key = x25519(*static_cast<RawKey*>(key));
  return static_cast<Kem*>(kem)->key != nullptr;
}

int encapsulate(void* kem, unsigned char* out, std::size_t* out_size, unsigned char* secret,
                std::size_t* secret_size) {
  *out_size = *secret_size = kSize;
  if (out == nullptr) return 1;
  const Key fresh(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
  std::size_t size = kSize;
  EVP_PKEY_get_raw_public_key(fresh.get(), out, &size);
  return agree(fresh.get(), static_cast<Kem*>(kem)->key, secret);
}

int decapsulate(void* kem, unsigned char* secret, std::size_t* secret_size, const unsigned char* in,
                std::size_t in_size) {
  *secret_size = kSize;
  if (secret == nullptr) return 1;
  if (in_size != kSize) return 0;
  const Key peer(EVP_PKEY_new_raw_public_key_ex(nullptr, "X25519", nullptr, in, in_size));
  return agree(static_cast<Kem*>(kem)->key, peer.get(), secret);
}

const OSSL_DISPATCH kKem[] = {
    {OSSL_FUNC_KEM_NEWCTX, reinterpret_cast<void (*)()>(new_kem)},
    {OSSL_FUNC_KEM_FREECTX, reinterpret_cast<void (*)()>(free_kem)},
    {OSSL_FUNC_KEM_ENCAPSULATE_INIT, reinterpret_cast<void (*)()>(init_kem)},
    {OSSL_FUNC_KEM_ENCAPSULATE, reinterpret_cast<void (*)()>(encapsulate)},
    {OSSL_FUNC_KEM_DECAPSULATE_INIT, reinterpret_cast<void (*)()>(init_kem)},
    {OSSL_FUNC_KEM_DECAPSULATE, reinterpret_cast<void (*)()>(decapsulate)},
    {0, nullptr}};

// --- the same as an exchange of keys ---

struct Exchange {
  EVP_PKEY* own = nullptr;
  EVP_PKEY* peer = nullptr;
};

void* new_exchange(void*) { return new Exchange; }
void free_exchange(void* to) {
  EVP_PKEY_free(static_cast<Exchange*>(to)->own);
  EVP_PKEY_free(static_cast<Exchange*>(to)->peer);
  delete static_cast<Exchange*>(to);
}
int init_exchange(void* to, void* key, const OSSL_PARAM*) {
  static_cast<Exchange*>(to)->own = x25519(*static_cast<RawKey*>(key));
  return 1;
}
int set_peer(void* to, void* key) {
  static_cast<Exchange*>(to)->peer = x25519(*static_cast<RawKey*>(key));
  return 1;
}
int derive(void* from, unsigned char* secret, std::size_t* size, std::size_t) {
  *size = kSize;
  const Exchange& exchange = *static_cast<Exchange*>(from);
  return secret == nullptr || agree(exchange.own, exchange.peer, secret);
}

const OSSL_DISPATCH kExchange[] = {
    {OSSL_FUNC_KEYEXCH_NEWCTX, reinterpret_cast<void (*)()>(new_exchange)},
    {OSSL_FUNC_KEYEXCH_FREECTX, reinterpret_cast<void (*)()>(free_exchange)},
    {OSSL_FUNC_KEYEXCH_INIT, reinterpret_cast<void (*)()>(init_exchange)},
    {OSSL_FUNC_KEYEXCH_SET_PEER, reinterpret_cast<void (*)()>(set_peer)},
    {OSSL_FUNC_KEYEXCH_DERIVE, reinterpret_cast<void (*)()>(derive)},
    {0, nullptr}};

// A secret of no bytes is none.
int derive_nothing(void*, unsigned char*, std::size_t* size, std::size_t) {
  *size = 0;
  return 1;
}

const OSSL_DISPATCH kVoidExchange[] = {
    {OSSL_FUNC_KEYEXCH_NEWCTX, reinterpret_cast<void (*)()>(new_exchange)},
    {OSSL_FUNC_KEYEXCH_FREECTX, reinterpret_cast<void (*)()>(free_exchange)},
    {OSSL_FUNC_KEYEXCH_INIT, reinterpret_cast<void (*)()>(init_exchange)},
    {OSSL_FUNC_KEYEXCH_SET_PEER, reinterpret_cast<void (*)()>(set_peer)},
    {OSSL_FUNC_KEYEXCH_DERIVE, reinterpret_cast<void (*)()>(derive_nothing)},
    {0, nullptr}};

// --- keys ---

void* new_key(void*) { return new RawKey; }
void free_key(void* key) { delete static_cast<RawKey*>(key); }
int has(const void* key, int selection) {
  if (key == nullptr) return 0;
  const RawKey& raw = *static_cast<const RawKey*>(key);
  if ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 && !raw.has_secret) return 0;
  return (selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) == 0 || raw.has_open;
}
int get_params(void* key, OSSL_PARAM parameters[]) {
  OSSL_PARAM* found = OSSL_PARAM_locate(parameters, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY);
  const RawKey& raw = *static_cast<RawKey*>(key);
  if (found != nullptr && OSSL_PARAM_set_octet_string(found, raw.open, kSize) != 1) return 0;
  found = OSSL_PARAM_locate(parameters, OSSL_PKEY_PARAM_SECURITY_BITS);
  if (found != nullptr && OSSL_PARAM_set_int(found, 128) != 1) return 0;
  found = OSSL_PARAM_locate(parameters, OSSL_PKEY_PARAM_BITS);
  return found == nullptr || OSSL_PARAM_set_int(found, 256) == 1;
}
const OSSL_PARAM* gettable(void*) {
  static const OSSL_PARAM kParameters[] = {
      OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, nullptr, 0),
      OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, nullptr),
      OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, nullptr), OSSL_PARAM_END};
  return kParameters;
}
int set_params(void* key, const OSSL_PARAM parameters[]) {
  const OSSL_PARAM* found = OSSL_PARAM_locate_const(parameters, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY);
  if (found == nullptr) return 1;
  RawKey& raw = *static_cast<RawKey*>(key);
  if (found->data_size != kSize) return 0;
  std::memcpy(raw.open, found->data, kSize);
  return raw.has_open = true;
}
const OSSL_PARAM* settable(void*) {
  static const OSSL_PARAM kParameters[] = {
      OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, nullptr, 0), OSSL_PARAM_END};
  return kParameters;
}

// SSL_connect() gives the server's key the parameters of its own: there are none here.
void* duplicate(const void*, int) { return new RawKey; }

struct Generation {
  int selection;
};
void* begin_generation(void*, int selection, const OSSL_PARAM*) {
  return new Generation{selection};
}
int set_generation(void*, const OSSL_PARAM*) { return 1; }
const OSSL_PARAM* settable_generation(void*, void*) {
  static const OSSL_PARAM kParameters[] = {
      OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, nullptr, 0), OSSL_PARAM_END};
  return kParameters;
}
void* generate(void* generation, OSSL_CALLBACK*, void*) {
  auto* raw = new RawKey;
  if ((static_cast<Generation*>(generation)->selection & OSSL_KEYMGMT_SELECT_KEYPAIR) == 0) {
    return raw;
  }
  const Key made(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
  std::size_t size = kSize;
  EVP_PKEY_get_raw_public_key(made.get(), raw->open, &size);
  EVP_PKEY_get_raw_private_key(made.get(), raw->secret, &size);
  raw->has_secret = raw->has_open = true;
  return raw;
}
void end_generation(void* generation) { delete static_cast<Generation*>(generation); }

const OSSL_DISPATCH kKeys[] = {
    {OSSL_FUNC_KEYMGMT_NEW, reinterpret_cast<void (*)()>(new_key)},
    {OSSL_FUNC_KEYMGMT_FREE, reinterpret_cast<void (*)()>(free_key)},
    {OSSL_FUNC_KEYMGMT_HAS, reinterpret_cast<void (*)()>(has)},
    {OSSL_FUNC_KEYMGMT_DUP, reinterpret_cast<void (*)()>(duplicate)},
    {OSSL_FUNC_KEYMGMT_GET_PARAMS, reinterpret_cast<void (*)()>(get_params)},
    {OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, reinterpret_cast<void (*)()>(gettable)},
    {OSSL_FUNC_KEYMGMT_SET_PARAMS, reinterpret_cast<void (*)()>(set_params)},
    {OSSL_FUNC_KEYMGMT_SETTABLE_PARAMS, reinterpret_cast<void (*)()>(settable)},
    {OSSL_FUNC_KEYMGMT_GEN_INIT, reinterpret_cast<void (*)()>(begin_generation)},
    {OSSL_FUNC_KEYMGMT_GEN_SET_PARAMS, reinterpret_cast<void (*)()>(set_generation)},
    {OSSL_FUNC_KEYMGMT_GEN_SETTABLE_PARAMS, reinterpret_cast<void (*)()>(settable_generation)},
    {OSSL_FUNC_KEYMGMT_GEN, reinterpret_cast<void (*)()>(generate)},
    {OSSL_FUNC_KEYMGMT_GEN_CLEANUP, reinterpret_cast<void (*)()>(end_generation)},
    {0, nullptr}};

// --- the provider ---

struct Group {
  const char* name;
  const char* internal;
  const char* algorithm;
  unsigned id, bits, kem;
  int min_tls, max_tls;
};
// The last may not be used: it is without keys. The third is for low levels alone.
Group groups[] = {{"toyexchange", "toyexchange-int", "TOY", 0xfe01, 128, 0, 0x304, 0},
                  {"toykem", "toykem-int", "TOY", 0xfe02, 128, 1, 0x304, 0},
                  {"weak", "weak-int", "TOY", 0xfe03, 60, 0, 0x304, 0},
                  {"void", "void-int", "VOID", 0xfe04, 128, 0, 0x304, 0},
                  {"keyless", "keyless-int", "NOTHING", 0xfe05, 128, 0, 0x304, 0}};

int capabilities(void*, const char* capability, OSSL_CALLBACK* callback, void* arg) {
  if (std::strcmp(capability, "TLS-GROUP") != 0) return 0;
  int none = -1;
  for (Group& group : groups) {
    const auto text = [](const char* key, const char* value) {
      return OSSL_PARAM_construct_utf8_string(key, const_cast<char*>(value), 0);
    };
    const OSSL_PARAM parameters[] = {
        text(OSSL_CAPABILITY_TLS_GROUP_NAME, group.name),
        text(OSSL_CAPABILITY_TLS_GROUP_NAME_INTERNAL, group.internal),
        text(OSSL_CAPABILITY_TLS_GROUP_ALG, group.algorithm),
        OSSL_PARAM_construct_uint(OSSL_CAPABILITY_TLS_GROUP_ID, &group.id),
        OSSL_PARAM_construct_uint(OSSL_CAPABILITY_TLS_GROUP_SECURITY_BITS, &group.bits),
        OSSL_PARAM_construct_uint(OSSL_CAPABILITY_TLS_GROUP_IS_KEM, &group.kem),
        OSSL_PARAM_construct_int(OSSL_CAPABILITY_TLS_GROUP_MIN_TLS, &group.min_tls),
        OSSL_PARAM_construct_int(OSSL_CAPABILITY_TLS_GROUP_MAX_TLS, &group.max_tls),
        OSSL_PARAM_construct_int(OSSL_CAPABILITY_TLS_GROUP_MIN_DTLS, &none),
        OSSL_PARAM_construct_int(OSSL_CAPABILITY_TLS_GROUP_MAX_DTLS, &none),
        OSSL_PARAM_construct_end()};
    if (callback(parameters, arg) != 1) return 0;
  }
  return 1;
}

const OSSL_ALGORITHM* query(void*, int operation, int* no_cache) {
  static const OSSL_ALGORITHM kKeyList[] = {
      {"TOY", "provider=toy", kKeys, nullptr}, {"VOID", "provider=toy", kKeys, nullptr}, {}};
  static const OSSL_ALGORITHM kExchangeList[] = {{"TOY", "provider=toy", kExchange, nullptr},
                                                 {"VOID", "provider=toy", kVoidExchange, nullptr},
                                                 {}};
  static const OSSL_ALGORITHM kKemList[] = {{"TOY", "provider=toy", kKem, nullptr}, {}};
  *no_cache = 0;
  switch (operation) {
    case OSSL_OP_KEYMGMT: return kKeyList;
    case OSSL_OP_KEYEXCH: return kExchangeList;
    case OSSL_OP_KEM: return kKemList;
    default: return nullptr;
  }
}

int start(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** out,
          void** context) {
  static const OSSL_DISPATCH kFunctions[] = {
      {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(query)},
      {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, reinterpret_cast<void (*)()>(capabilities)},
      {0, nullptr}};
  static int nothing;
  *out = kFunctions;
  *context = &nothing;
  return 1;
}

// --- connections ---

Context make(const SSL_METHOD* method, int version) {
  Context ctx(SSL_CTX_new_ex(libctx, nullptr, method));
  SSL_CTX_set_max_proto_version(ctx.get(), version);
  return ctx;
}

void meet(int version, const char* clients, const char* servers) {
  const std::string title = std::to_string(version) + " client " + clients + " server " + servers;
  const Context client = make(TLS_client_method(), version);
  const Context server = make(TLS_server_method(), version);
  SSL_CTX_use_certificate(server.get(), certificate());
  SSL_CTX_use_PrivateKey(server.get(), key());
  line(title + " client's list", SSL_CTX_set1_groups_list(client.get(), clients));
  line(title + " server's list", SSL_CTX_set1_groups_list(server.get(), servers));
  Pair pair(client.get(), server.get());
  if (!pair.handshake(title)) return;
  pair.read_both();
  for (SSL* ssl : {pair.client.get(), pair.server.get()}) {
    const int group = static_cast<int>(SSL_get_negotiated_group(ssl));
    line(title + " group", group);
    line(title + " its name", SSL_group_to_name(ssl, group));
  }
  for (int n = -2; n < 3; ++n) line(title + " shared", SSL_get_shared_group(pair.server.get(), n));
  line(title + " data", SSL_write(pair.client.get(), "data", 4));
  char text[8] = {};
  line(title + " read", SSL_read(pair.server.get(), text, 8));
  line(title + " text", text);
}

// OpenSSL notices when it asks for no memory: the reason is not compared.
void without_secret() {
  const Context client = make(TLS_client_method(), TLS1_3_VERSION);
  const Context server = make(TLS_server_method(), TLS1_3_VERSION);
  SSL_CTX_use_certificate(server.get(), certificate());
  SSL_CTX_use_PrivateKey(server.get(), key());
  for (SSL_CTX* ctx : {client.get(), server.get()}) {
    line("void", SSL_CTX_set1_groups_list(ctx, "void"));
  }
  Pair pair(client.get(), server.get());
  for (int i = 0; i < 3; ++i) {
    SSL_do_handshake(pair.client.get());
    SSL_do_handshake(pair.server.get());
  }
  ERR_clear_error();
  for (SSL* ssl : {pair.client.get(), pair.server.get()}) {
    line("void established", SSL_is_init_finished(ssl));
  }
}

void names() {
  const Context ctx = make(TLS_client_method(), TLS1_3_VERSION);
  for (const char* name : {"toyexchange", "toyexchange-int", "toykem", "TOYKEM", "weak", "keyless",
                           "toykem:toykem", "toykem:X25519:toyexchange", "toykem:foo"}) {
    line(std::string("list ") + name, SSL_CTX_set1_groups_list(ctx.get(), name));
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  libctx = OSSL_LIB_CTX_new();
  whole = OSSL_PROVIDER_load(libctx, "default");
  OSSL_PROVIDER_add_builtin(libctx, "toy", start);
  OSSL_PROVIDER* toy = OSSL_PROVIDER_load(libctx, "toy");
  line("loaded", toy != nullptr);
  names();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const char* clients : {"toyexchange", "toykem", "X25519:toykem", "toykem:X25519"}) {
      for (const char* servers :
           {"toyexchange", "toykem", "toykem:toyexchange", "X25519", "weak:toykem:P-256"}) {
        meet(version, clients, servers);
      }
    }
  }
  without_secret();
  return 0;
}
