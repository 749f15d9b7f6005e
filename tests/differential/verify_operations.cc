// What is expected of the peer: verification, names, DANE, Certificate Transparency.
#include "callbacks.h"
#include "operation.h"

namespace ciao::differential {
namespace {

constexpr int kModes[] = {SSL_VERIFY_NONE,
                          SSL_VERIFY_PEER,
                          SSL_VERIFY_PEER,
                          SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                          SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE,
                          SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE,
                          SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                          -1};

constexpr const char* kNames[] = {"ec", "localhost",     "example.com",
                                  "",   "*.example.com", "192.0.2.1"};

void verify_mode(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  const int mode = draw.pick(kModes);
  const auto callback =
      draw.chance(60) ? named<SSL_verify_cb>(nullptr, "NULL") : named(on_verify, "on_verify");
  if (bare(callback) != nullptr) world.answers.verify = draw.chance(80);
  if (ssl == nullptr || draw.chance(50)) {
    CALL(world, SSL_CTX_set_verify, ctx, mode, callback);
    CALL(world, SSL_CTX_get_verify_mode, ctx);
  } else {
    CALL(world, SSL_set_verify, ssl, mode, callback);
    CALL(world, SSL_get_verify_mode, ssl);
  }
}

void store(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  X509_STORE* empty = X509_STORE_new();
  const auto chosen =
      draw.chance(50) ? named(empty, "empty") : named(world.identities.roots(), "roots");
  switch (draw.below(4)) {
    case 0: CALL(world, SSL_CTX_set1_cert_store, ctx, chosen); break;
    case 1: CALL2(world, SSL_CTX_set1_verify_cert_store, ctx, chosen); break;
    case 2: CALL2(world, SSL_CTX_set1_chain_cert_store, ctx, chosen); break;
    default: CALL(world, SSL_CTX_get_cert_store, ctx); break;
  }
  X509_STORE_free(empty);
}

void names(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  const char* name = draw.chance(95) ? draw.pick(kNames) : nullptr;
  if (ssl == nullptr) return;
  switch (draw.below(6)) {
    case 0: CALL(world, SSL_set1_host, ssl, name); break;
    case 1: CALL(world, SSL_add1_host, ssl, name); break;
    case 2: CALL(world, SSL_set_hostflags, ssl, static_cast<unsigned>(draw.below(16))); break;
    case 3: CALL(world, SSL_get0_peername, ssl); break;
    default:
      if (SSL_is_server(ssl) == 1) break;  // tests/abi/handshake_facts.cc
      // A copy: the macro's type is not const.
      std::string copy = name == nullptr ? "" : name;
      CALL2(world, SSL_set_tlsext_host_name, ssl,
            named(name == nullptr ? nullptr : copy.data(), quoted(name)));
      break;
  }
}

void dane(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.end[kClient].ssl;  // it is for clients
  const std::string digest(draw.chance(85) ? 32 : 31, 'd');
  const auto usage = static_cast<uint8_t>(draw.below(5));
  const auto selector = static_cast<uint8_t>(draw.below(3));
  const auto type = static_cast<uint8_t>(draw.below(4));
  switch (draw.below(ssl == nullptr ? 3 : 7)) {
    case 0: CALL(world, SSL_CTX_dane_enable, ctx); break;
    case 1:
      CALL(world, SSL_CTX_dane_set_flags, ctx, static_cast<unsigned long>(draw.below(2)));
      break;
    case 2:
      CALL(world, SSL_CTX_dane_mtype_set, ctx, named(EVP_sha512(), "EVP_sha512()"),
           static_cast<uint8_t>(draw.below(6)), static_cast<uint8_t>(draw.below(3)));
      break;
    case 3: CALL(world, SSL_dane_enable, ssl, draw.pick(kNames)); break;
    case 4: CALL(world, SSL_dane_set_flags, ssl, static_cast<unsigned long>(draw.below(2))); break;
    case 5:
      CALL(world, SSL_CTX_dane_enable, SSL_get_SSL_CTX(ssl));
      CALL(world, SSL_dane_enable, ssl, draw.pick(kNames));
      CALL(world, SSL_dane_tlsa_add, ssl, usage, selector, type,
           named(reinterpret_cast<const unsigned char*>(digest.data()), "digest"), digest.size());
      break;
    default:
      CALL(world, SSL_dane_tlsa_add, ssl, usage, selector, type,
           named(reinterpret_cast<const unsigned char*>(digest.data()), "digest"), digest.size());
      CALL(world, SSL_get0_dane_tlsa, ssl, nullptr, nullptr, nullptr, nullptr, nullptr);
      break;
  }
}

void transparency(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  const int mode = static_cast<int>(draw.below(3));
  if (ssl == nullptr || draw.chance(50)) {
    CALL(world, SSL_CTX_enable_ct, ctx, mode);
    CALL(world, SSL_CTX_ct_is_enabled, ctx);
  } else {
    CALL(world, SSL_enable_ct, ssl, mode);
    CALL(world, SSL_ct_is_enabled, ssl);
  }
}

constexpr Operation kOperations[] = {
    {"verify_mode", When::kSetting, 10, verify_mode},
    {"store", When::kSetting, 3, store},
    {"names", When::kSetting, 9, names},
    {"dane", When::kSetting, 3, dane},
    {"transparency", When::kSetting, 2, transparency},
};

}  // namespace

std::span<const Operation> verify_operations() { return kOperations; }

}  // namespace ciao::differential
