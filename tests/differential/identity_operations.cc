// Certificates, private keys and chains of our own, and the names of authorities.
#include "operation.h"

namespace ciao::differential {
namespace {

const Identity& any_identity(World& world, Arguments& draw) {
  return world.identities.all()[draw.below(world.identities.all().size())];
}

Named<const unsigned char*> bytes_of(const std::string& der, const std::string& name) {
  return named(reinterpret_cast<const unsigned char*>(der.data()), name);
}

void context_certificate(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  const Identity& identity = any_identity(world, draw);
  const Identity& other = draw.chance(80) ? identity : any_identity(world, draw);
  switch (draw.below(7)) {
    case 0: CALL(world, SSL_CTX_use_certificate, ctx, identity.certificate); break;
    case 1: CALL(world, SSL_CTX_use_PrivateKey, ctx, identity.key); break;
    case 2:
      CALL(world, SSL_CTX_use_certificate, ctx, identity.certificate);
      CALL(world, SSL_CTX_use_PrivateKey, ctx, other.key);
      break;
    case 3:
      CALL(world, SSL_CTX_use_cert_and_key, ctx, identity.certificate, other.key, nullptr,
           static_cast<int>(draw.below(2)));
      break;
    case 4:
      CALL(world, SSL_CTX_use_certificate_ASN1, ctx,
           static_cast<int>(identity.certificate_der.size() - draw.below(2) * 3),
           bytes_of(identity.certificate_der, identity.name + "_der"));
      break;
    case 5:
      CALL(world, SSL_CTX_use_PrivateKey_ASN1, EVP_PKEY_get_base_id(identity.key), ctx,
           bytes_of(identity.key_der, identity.name + "_key_der"),
           static_cast<long>(identity.key_der.size() - draw.below(2) * 3));
      break;
    default: CALL(world, SSL_CTX_check_private_key, ctx); break;
  }
}

void connection_certificate(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  const Identity& identity = any_identity(world, draw);
  const Identity& other = draw.chance(80) ? identity : any_identity(world, draw);
  if (ssl == nullptr) return;
  switch (draw.below(8)) {
    case 0: CALL(world, SSL_use_certificate, ssl, identity.certificate); break;
    case 1: CALL(world, SSL_use_PrivateKey, ssl, identity.key); break;
    case 2:
      CALL(world, SSL_use_certificate, ssl, identity.certificate);
      CALL(world, SSL_use_PrivateKey, ssl, other.key);
      break;
    case 3:
      CALL(world, SSL_use_cert_and_key, ssl, identity.certificate, other.key, nullptr,
           static_cast<int>(draw.below(2)));
      break;
    case 4:
      CALL(world, SSL_use_certificate_ASN1, ssl,
           bytes_of(identity.certificate_der, identity.name + "_der"),
           static_cast<int>(identity.certificate_der.size() - draw.below(2) * 3));
      break;
    case 5:
      CALL(world, SSL_use_PrivateKey_ASN1, EVP_PKEY_get_base_id(identity.key), ssl,
           bytes_of(identity.key_der, identity.name + "_key_der"),
           static_cast<long>(identity.key_der.size() - draw.below(2) * 3));
      break;
    case 6: CALL(world, SSL_check_private_key, ssl); break;
    default: CALL(world, SSL_certs_clear, ssl); break;
  }
}

void files(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  static constexpr const char* kFiles[] = {
      "chain.pem", "ec.pem",      "rsa.pem", "ec.key",  "rsa.key",  "garbage.pem",
      "empty.pem", "missing.pem", "rsa.der", "cut.pem", "both.pem", "chain_bad.pem"};
  const char* name = draw.pick(kFiles);
  const std::string path = world.identities.file(name);
  const auto file = named(path.c_str(), quoted(name));
  const int type = draw.chance(80) ? SSL_FILETYPE_PEM : static_cast<int>(draw.below(4));
  switch (draw.below(ssl == nullptr ? 5 : 8)) {
    case 0: CALL(world, SSL_CTX_use_certificate_chain_file, ctx, file); break;
    case 1: CALL(world, SSL_CTX_use_certificate_file, ctx, file, type); break;
    case 2: CALL(world, SSL_CTX_use_PrivateKey_file, ctx, file, type); break;
    case 3: CALL(world, SSL_CTX_use_RSAPrivateKey_file, ctx, file, type); break;
    case 4: CALL(world, SSL_CTX_load_verify_file, ctx, file); break;
    case 5: CALL(world, SSL_use_certificate_chain_file, ssl, file); break;
    case 6: CALL(world, SSL_use_certificate_file, ssl, file, type); break;
    default: CALL(world, SSL_use_PrivateKey_file, ssl, file, type); break;
  }
}

void chain(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  X509* certificate = world.identities.of(draw.chance(50) ? "middle" : "ca").certificate;
  const long which = static_cast<long>(draw.below(5));
  const size_t call = draw.below(ssl == nullptr ? 5 : 9);
  switch (call) {
    case 0: CALL2(world, SSL_CTX_add1_chain_cert, ctx, certificate); break;
    case 1:
      if (CALL2(world, SSL_CTX_add_extra_chain_cert, ctx, certificate) == 1) {
        X509_up_ref(certificate);
      }
      break;
    case 2: CALL1(world, SSL_CTX_clear_chain_certs, ctx); break;
    case 3: CALL2(world, SSL_CTX_set_current_cert, ctx, which); break;
    case 4: CALL2(world, SSL_CTX_build_cert_chain, ctx, which); break;
    case 5: CALL2(world, SSL_add1_chain_cert, ssl, certificate); break;
    case 6: CALL1(world, SSL_clear_chain_certs, ssl); break;
    case 7: CALL2(world, SSL_set_current_cert, ssl, which); break;
    default: CALL2(world, SSL_select_current_cert, ssl, certificate); break;
  }
}

void authorities(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  X509* certificate = world.identities.of(draw.chance(50) ? "ca" : "ec").certificate;
  const std::string path = world.identities.file(draw.chance(80) ? "ca.pem" : "missing.pem");
  switch (draw.below(ssl == nullptr ? 5 : 10)) {
    case 0: CALL(world, SSL_CTX_add_client_CA, ctx, certificate); break;
    case 1: CALL(world, SSL_CTX_add1_to_CA_list, ctx, certificate); break;
    case 2:
      CALL(world, SSL_CTX_set_client_CA_list, ctx,
           named(SSL_load_client_CA_file(path.c_str()), "SSL_load_client_CA_file(...)"));
      break;
    case 3: CALL(world, SSL_CTX_set0_CA_list, ctx, nullptr); break;
    case 4: CALL(world, SSL_CTX_get0_CA_list, ctx); break;
    case 5: CALL(world, SSL_add_client_CA, ssl, certificate); break;
    case 6: CALL(world, SSL_add1_to_CA_list, ssl, certificate); break;
    case 7:
      CALL(world, SSL_set_client_CA_list, ssl,
           named(SSL_load_client_CA_file(path.c_str()), "SSL_load_client_CA_file(...)"));
      break;
    case 8: CALL(world, SSL_set0_CA_list, ssl, nullptr); break;
    default: CALL(world, SSL_get0_CA_list, ssl); break;
  }
}

// A server with this identity, and a client that can show one.
void useful_identity(World& world, Arguments& draw) {
  static constexpr const char* kServers[] = {"ec", "ec", "ed25519", "ec384", "rsa"};
  const Identity& identity = world.identities.of(draw.pick(kServers));
  SSL_CTX* ctx = world.context[draw.below(3)];
  CALL(world, SSL_CTX_use_certificate, ctx, identity.certificate);
  CALL(world, SSL_CTX_use_PrivateKey, ctx, identity.key);
}

constexpr Operation kOperations[] = {
    {"context_certificate", When::kSetting, 4, context_certificate},
    {"connection_certificate", When::kSetting, 4, connection_certificate},
    {"files", When::kSetting, 4, files},
    {"chain", When::kSetting, 5, chain},
    {"authorities", When::kSetting, 4, authorities},
    {"useful_identity", When::kSetting, 8, useful_identity},
};

}  // namespace

std::span<const Operation> identity_operations() { return kOperations; }

}  // namespace ciao::differential
