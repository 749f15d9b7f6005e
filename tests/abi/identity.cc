// Certificates, keys, chains, stores, CA names and TLSA records: what is loaded, what is refused
// and why. The argument is a folder with the files that tests/abi/run.py makes.
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstring>
#include <string>
#include <vector>

#include "report.h"

namespace {

using abi::line;

std::string folder;

std::string path(const std::string& name) { return folder + "/" + name; }

X509* read_certificate(const std::string& name) {
  BIO* bio = BIO_new_file(path(name).c_str(), "r");
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return certificate;
}

EVP_PKEY* read_key(const std::string& name) {
  BIO* bio = BIO_new_file(path(name).c_str(), "r");
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return key;
}

std::string subject(X509* certificate) {
  if (certificate == nullptr) return "(none)";
  char text[256];
  X509_NAME_oneline(X509_get_subject_name(certificate), text, sizeof text);
  return text;
}

int password(char* buffer, int size, int, void* argument) {
  const char* text = static_cast<const char*>(argument);
  if (text == nullptr) return -1;
  const int length = static_cast<int>(std::strlen(text));
  if (length > size) return -1;
  std::memcpy(buffer, text, static_cast<std::size_t>(length));
  return length;
}

void show(const std::string& what, SSL_CTX* ctx) {
  line(what + " certificate", subject(SSL_CTX_get0_certificate(ctx)));
  line(what + " has key", SSL_CTX_get0_privatekey(ctx) != nullptr);
  line(what + " check", SSL_CTX_check_private_key(ctx));
  STACK_OF(X509)* chain = nullptr;
  line(what + " get chain", SSL_CTX_get0_chain_certs(ctx, &chain));
  for (int i = 0; i < sk_X509_num(chain); ++i)
    line(what + " chain", subject(sk_X509_value(chain, i)));
  line(what + " extra", SSL_CTX_get_extra_chain_certs(ctx, &chain));
  line(what + " extra count", sk_X509_num(chain));
  line(what + " extra only", SSL_CTX_get_extra_chain_certs_only(ctx, &chain));
  line(what + " extra only count", sk_X509_num(chain));
}

const char* const kCertificates[] = {"rsa.pem",     "ec.pem",    "ed25519.pem",   "pss.pem",
                                     "weak.pem",    "chain.pem", "empty.pem",     "garbage.pem",
                                     "missing.pem", "rsa.der",   "rsa.key",       "ec384.pem",
                                     "ed448.pem",   "cut.pem",   "chain_bad.pem", "sha1.pem"};
const char* const kKeys[] = {"rsa.key",       "ec.key",    "ed25519.key", "pss.key",
                             "encrypted.key", "rsa.pem",   "garbage.pem", "missing.pem",
                             "rsa_key.der",   "rsa1.key",  "ec384.key",   "other_rsa.key",
                             "ed448.key",     "empty.pem", "x25519.key"};

void files() {
  for (const char* certificate : kCertificates) {
    SSL_CTX* ctx = SSL_CTX_new(TLS_method());
    const std::string of = std::string("(") + certificate + ")";
    line("file pem" + of,
         SSL_CTX_use_certificate_file(ctx, path(certificate).c_str(), SSL_FILETYPE_PEM));
    line("file der" + of,
         SSL_CTX_use_certificate_file(ctx, path(certificate).c_str(), SSL_FILETYPE_ASN1));
    line("file type" + of, SSL_CTX_use_certificate_file(ctx, path(certificate).c_str(), 77));
    line("chain file" + of, SSL_CTX_use_certificate_chain_file(ctx, path(certificate).c_str()));
    show("after" + of, ctx);
    for (const char* key : kKeys) {
      const std::string both = std::string("(") + certificate + ", " + key + ")";
      line("key file" + both,
           SSL_CTX_use_PrivateKey_file(ctx, path(key).c_str(), SSL_FILETYPE_PEM));
      line("check" + both, SSL_CTX_check_private_key(ctx));
      line("certificate again" + both,
           SSL_CTX_use_certificate_file(ctx, path(certificate).c_str(), SSL_FILETYPE_PEM));
      line("has key" + both, SSL_CTX_get0_privatekey(ctx) != nullptr);
    }
    SSL* ssl = SSL_new(ctx);
    line("ssl check" + of, SSL_check_private_key(ssl));
    line("ssl certificate" + of, subject(SSL_get_certificate(ssl)));
    line("ssl rsa key" + of,
         SSL_use_PrivateKey_file(ssl, path("rsa.key").c_str(), SSL_FILETYPE_PEM));
    line("ssl chain file" + of, SSL_use_certificate_chain_file(ssl, path(certificate).c_str()));
    SSL_certs_clear(ssl);
    line("ssl cleared" + of, SSL_get_certificate(ssl) != nullptr);
    line("ctx kept" + of, subject(SSL_CTX_get0_certificate(ctx)));
    SSL_free(ssl);
    SSL_CTX_free(ctx);
  }
  SSL_CTX* ctx = SSL_CTX_new(TLS_method());
  for (const char* key : kKeys) {
    const std::string of = std::string("(") + key + ")";
    line("key der" + of, SSL_CTX_use_PrivateKey_file(ctx, path(key).c_str(), SSL_FILETYPE_ASN1));
    line("key type" + of, SSL_CTX_use_PrivateKey_file(ctx, path(key).c_str(), 5));
    line("rsa key pem" + of,
         SSL_CTX_use_RSAPrivateKey_file(ctx, path(key).c_str(), SSL_FILETYPE_PEM));
    line("rsa key der" + of,
         SSL_CTX_use_RSAPrivateKey_file(ctx, path(key).c_str(), SSL_FILETYPE_ASN1));
    line("rsa key type" + of, SSL_CTX_use_RSAPrivateKey_file(ctx, path(key).c_str(), 9));
  }
  SSL_CTX_free(ctx);
}

void passwords() {
  char right[] = "secret";
  char wrong[] = "guess";
  char* const kArguments[] = {right, wrong, nullptr};
  for (char* argument : kArguments) {
    SSL_CTX* ctx = SSL_CTX_new(TLS_method());
    SSL_CTX_set_default_passwd_cb(ctx, password);
    SSL_CTX_set_default_passwd_cb_userdata(ctx, argument);
    line("encrypted key",
         SSL_CTX_use_PrivateKey_file(ctx, path("encrypted.key").c_str(), SSL_FILETYPE_PEM));
    SSL* ssl = SSL_new(ctx);
    line("inherited", SSL_get_default_passwd_cb(ssl) == password);
    line("inherited data", SSL_get_default_passwd_cb_userdata(ssl) == argument);
    line("ssl encrypted key",
         SSL_use_PrivateKey_file(ssl, path("encrypted.key").c_str(), SSL_FILETYPE_PEM));
    SSL_free(ssl);
    SSL_CTX_free(ctx);
  }
}

// Certificates and keys that were read.
struct Objects {
  X509* rsa = read_certificate("rsa.pem");
  X509* ec = read_certificate("ec.pem");
  X509* ca = read_certificate("ca.pem");
  X509* weak = read_certificate("weak.pem");
  EVP_PKEY* rsa_key = read_key("rsa.key");
  EVP_PKEY* ec_key = read_key("ec.key");
  EVP_PKEY* x25519 = read_key("x25519.key");

  Objects() = default;
  Objects(const Objects&) = delete;
  Objects& operator=(const Objects&) = delete;
  ~Objects() {
    for (X509* certificate : {rsa, ec, ca, weak}) X509_free(certificate);
    for (EVP_PKEY* key : {rsa_key, ec_key, x25519}) EVP_PKEY_free(key);
  }
};

void use_objects(SSL_CTX* ctx, const Objects& of) {
  line("null certificate", SSL_CTX_use_certificate(ctx, nullptr));
  line("null key", SSL_CTX_use_PrivateKey(ctx, nullptr));
  line("null rsa", SSL_CTX_use_RSAPrivateKey(ctx, nullptr));
  line("null check", SSL_CTX_check_private_key(nullptr));
  line("null ssl check", SSL_check_private_key(nullptr));
  line("empty check", SSL_CTX_check_private_key(ctx));
  line("weak", SSL_CTX_use_certificate(ctx, of.weak));
  line("weak chain", SSL_CTX_add1_chain_cert(ctx, of.weak));
  line("x25519 key", SSL_CTX_use_PrivateKey(ctx, of.x25519));
  line("ec certificate", SSL_CTX_use_certificate(ctx, of.ec));
  line("ec without key", SSL_CTX_check_private_key(ctx));
  line("rsa key", SSL_CTX_use_PrivateKey(ctx, of.rsa_key));
  line("rsa without certificate", SSL_CTX_check_private_key(ctx));
  line("ec key", SSL_CTX_use_PrivateKey(ctx, of.ec_key));
  line("rsa certificate", SSL_CTX_use_certificate(ctx, of.rsa));
  show("both", ctx);
}

void select_current(SSL_CTX* ctx, const Objects& of) {
  line("select ec", SSL_CTX_select_current_cert(ctx, of.ec));
  show("ec", ctx);
  line("select ca", SSL_CTX_select_current_cert(ctx, of.ca));
  line("select none", SSL_CTX_select_current_cert(ctx, nullptr));
  line("first", SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_FIRST));
  show("first", ctx);
  line("next", SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_NEXT));
  show("next", ctx);
  line("next again", SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_NEXT));
  line("other", SSL_CTX_set_current_cert(ctx, 99));
}

void set_chains(SSL_CTX* ctx, const Objects& of) {
  line("add1 chain", SSL_CTX_add1_chain_cert(ctx, of.ca));
  show("chain", ctx);
  SSL* ssl = SSL_new(ctx);
  STACK_OF(X509)* chain = nullptr;
  line("ssl chain", SSL_get0_chain_certs(ssl, &chain));
  line("ssl chain count", sk_X509_num(chain));
  line("ssl clear chain", SSL_clear_chain_certs(ssl));
  SSL_get0_chain_certs(ssl, &chain);
  line("ssl chain count", sk_X509_num(chain));
  SSL_CTX_get0_chain_certs(ctx, &chain);
  line("ctx chain count", sk_X509_num(chain));
  STACK_OF(X509)* given = sk_X509_new_null();
  sk_X509_push(given, of.ca);
  sk_X509_push(given, of.ca);
  line("set1 chain", SSL_CTX_set1_chain(ctx, given));
  show("set1", ctx);
  line("both parts", SSL_CTX_use_cert_and_key(ctx, of.rsa, of.rsa_key, given, 0));
  line("both parts override", SSL_CTX_use_cert_and_key(ctx, of.rsa, of.rsa_key, given, 1));
  line("both parts mismatch", SSL_CTX_use_cert_and_key(ctx, of.rsa, of.ec_key, nullptr, 1));
  line("both parts without key", SSL_CTX_use_cert_and_key(ctx, of.ec, nullptr, nullptr, 1));
  line("both parts weak", SSL_use_cert_and_key(ssl, of.weak, of.rsa_key, nullptr, 1));
  show("parts", ctx);
  sk_X509_free(given);
  SSL_free(ssl);
}

void objects() {
  const Objects of;
  SSL_CTX* ctx = SSL_CTX_new(TLS_method());
  use_objects(ctx, of);
  select_current(ctx, of);
  set_chains(ctx, of);
  X509_up_ref(of.ca);
  line("extra", SSL_CTX_add_extra_chain_cert(ctx, of.ca));
  show("extra", ctx);
  line("clear extra", SSL_CTX_clear_extra_chain_certs(ctx));
  show("cleared", ctx);
  SSL_CTX_set_security_level(ctx, 0);
  line("weak at level 0", SSL_CTX_use_certificate(ctx, of.weak));
  SSL_CTX_free(ctx);
}

void build_chains() {
  const long kFlags[] = {0,
                         SSL_BUILD_CHAIN_FLAG_NO_ROOT,
                         SSL_BUILD_CHAIN_FLAG_CHECK,
                         SSL_BUILD_CHAIN_FLAG_UNTRUSTED,
                         SSL_BUILD_CHAIN_FLAG_UNTRUSTED | SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR,
                         SSL_BUILD_CHAIN_FLAG_CHECK | SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR |
                             SSL_BUILD_CHAIN_FLAG_CLEAR_ERROR,
                         SSL_BUILD_CHAIN_FLAG_CHECK | SSL_BUILD_CHAIN_FLAG_NO_ROOT};
  for (const long flags : kFlags) {
    for (const bool trusted : {false, true}) {
      SSL_CTX* ctx = SSL_CTX_new(TLS_method());
      line("build nothing", SSL_CTX_build_cert_chain(ctx, flags));
      SSL_CTX_use_certificate_chain_file(ctx, path("chain.pem").c_str());
      if (trusted) line("load", SSL_CTX_load_verify_file(ctx, path("ca.pem").c_str()));
      const std::string what = "build " + std::to_string(flags) + (trusted ? " trusted" : "");
      line(what, SSL_CTX_build_cert_chain(ctx, flags));
      show(what, ctx);
      SSL_CTX_free(ctx);
    }
  }
}

void stores() {
  SSL_CTX* ctx = SSL_CTX_new(TLS_method());
  line("locations none", SSL_CTX_load_verify_locations(ctx, nullptr, nullptr));
  line("locations file", SSL_CTX_load_verify_locations(ctx, path("ca.pem").c_str(), nullptr));
  line("locations missing",
       SSL_CTX_load_verify_locations(ctx, path("missing.pem").c_str(), nullptr));
  line("locations garbage",
       SSL_CTX_load_verify_locations(ctx, path("garbage.pem").c_str(), nullptr));
  line("locations folder", SSL_CTX_load_verify_locations(ctx, nullptr, folder.c_str()));
  line("verify dir", SSL_CTX_load_verify_dir(ctx, folder.c_str()));
  line("verify store", SSL_CTX_load_verify_store(ctx, path("ca.pem").c_str()));
  line("default paths", SSL_CTX_set_default_verify_paths(ctx));
  line("default dir", SSL_CTX_set_default_verify_dir(ctx));
  line("default file", SSL_CTX_set_default_verify_file(ctx));
  line("default store", SSL_CTX_set_default_verify_store(ctx));
  X509_STORE* store = X509_STORE_new();
  X509_STORE* got = nullptr;
  line("verify store set", SSL_CTX_set1_verify_cert_store(ctx, store));
  line("verify store get", SSL_CTX_get0_verify_cert_store(ctx, &got));
  line("same", got == store);
  line("chain store get", SSL_CTX_get0_chain_cert_store(ctx, &got));
  line("none", got == nullptr);
  SSL* ssl = SSL_new(ctx);
  line("ssl verify store", SSL_get0_verify_cert_store(ssl, &got));
  line("same", got == store);
  line("ssl chain store set", SSL_set1_chain_cert_store(ssl, store));
  SSL_CTX_set1_cert_store(ctx, store);
  line("cert store", SSL_CTX_get_cert_store(ctx) == store);
  SSL_free(ssl);
  SSL_CTX_free(ctx);
  X509_STORE_free(store);
}

void show_names(const std::string& what, const STACK_OF(X509_NAME) * names) {
  line(what + " count", sk_X509_NAME_num(names));
  for (int i = 0; i < sk_X509_NAME_num(names); ++i) {
    char text[256];
    line(what, X509_NAME_oneline(sk_X509_NAME_value(names, i), text, sizeof text));
  }
}

void ca_names() {
  SSL_CTX* ctx = SSL_CTX_new(TLS_method());
  X509* ca = read_certificate("ca.pem");
  for (const char* file :
       {"ca.pem", "chain.pem", "empty.pem", "garbage.pem", "missing.pem", "rsa.key"}) {
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(path(file).c_str());
    line(std::string("load ") + file, names != nullptr);
    show_names(file, names);
    sk_X509_NAME_pop_free(names, X509_NAME_free);
  }
  STACK_OF(X509_NAME)* names = sk_X509_NAME_new_null();
  line("add file", SSL_add_file_cert_subjects_to_stack(names, path("chain.pem").c_str()));
  line("add file again", SSL_add_file_cert_subjects_to_stack(names, path("chain.pem").c_str()));
  line("add missing", SSL_add_file_cert_subjects_to_stack(names, path("missing.pem").c_str()));
  line("add store", SSL_add_store_cert_subjects_to_stack(names, path("ec.pem").c_str()));
  show_names("stack", names);
  line("add dir", SSL_add_dir_cert_subjects_to_stack(names, path("dir").c_str()));
  line("add missing dir", SSL_add_dir_cert_subjects_to_stack(names, path("nowhere").c_str()));
  show_names("stack", names);
  STACK_OF(X509_NAME)* copy = SSL_dup_CA_list(names);
  show_names("copy", copy);
  SSL_CTX_set_client_CA_list(ctx, names);
  SSL* ssl = SSL_new(ctx);
  SSL_set_accept_state(ssl);
  line("ssl count", sk_X509_NAME_num(SSL_get_client_CA_list(ssl)));
  line("add", SSL_CTX_add_client_CA(ctx, ca));
  line("add none", SSL_CTX_add_client_CA(ctx, nullptr));
  line("ssl count", sk_X509_NAME_num(SSL_get_client_CA_list(ssl)));
  line("ssl add", SSL_add_client_CA(ssl, ca));
  line("ssl count", sk_X509_NAME_num(SSL_get_client_CA_list(ssl)));
  line("ctx count", sk_X509_NAME_num(SSL_CTX_get_client_CA_list(ctx)));
  line("add1", SSL_CTX_add1_to_CA_list(ctx, ca));
  line("ssl add1", SSL_add1_to_CA_list(ssl, ca));
  line("ssl CA", sk_X509_NAME_num(SSL_get0_CA_list(ssl)));
  SSL_set0_CA_list(ssl, copy);
  line("ssl CA", sk_X509_NAME_num(SSL_get0_CA_list(ssl)));
  line("ctx CA", sk_X509_NAME_num(SSL_CTX_get0_CA_list(ctx)));
  SSL_free(ssl);
  X509_free(ca);
  SSL_CTX_free(ctx);
}

void dane() {
  SSL_CTX* ctx = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(ctx);
  unsigned char digest[64] = {1, 2, 3};
  line("enable too early", SSL_dane_enable(ssl, "example.org"));
  line("add too early", SSL_dane_tlsa_add(ssl, 3, 1, 1, digest, 32));
  line("ctx flags too early", SSL_CTX_dane_set_flags(ctx, DANE_FLAG_NO_DANE_EE_NAMECHECKS));
  line("not enabled by them", SSL_dane_enable(ssl, "example.org"));
  line("older than they are", SSL_dane_set_flags(ssl, 0));
  line("ctx enable", SSL_CTX_dane_enable(ctx));
  line("ctx enable again", SSL_CTX_dane_enable(ctx));
  line("ctx flags", SSL_CTX_dane_set_flags(ctx, DANE_FLAG_NO_DANE_EE_NAMECHECKS));
  line("ctx flags", SSL_CTX_dane_clear_flags(ctx, 0));
  SSL_free(ssl);
  ssl = SSL_new(ctx);
  line("ssl flags", SSL_dane_set_flags(ssl, 0));
  line("add before enable", SSL_dane_tlsa_add(ssl, 3, 1, 1, digest, 32));
  line("enable", SSL_dane_enable(ssl, "example.org"));
  line("name", SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
  line("host", X509_VERIFY_PARAM_get0_host(SSL_get0_param(ssl), 0));
  line("enable again", SSL_dane_enable(ssl, "example.org"));
  line("good", SSL_dane_tlsa_add(ssl, 3, 1, 1, digest, 32));
  line("good 512", SSL_dane_tlsa_add(ssl, 2, 0, 2, digest, 64));
  line("bad size", SSL_dane_tlsa_add(ssl, 3, 1, 1, digest, 31));
  line("bad usage", SSL_dane_tlsa_add(ssl, 4, 1, 1, digest, 32));
  line("bad selector", SSL_dane_tlsa_add(ssl, 3, 2, 1, digest, 32));
  line("bad type", SSL_dane_tlsa_add(ssl, 3, 1, 3, digest, 32));
  line("no data", SSL_dane_tlsa_add(ssl, 3, 1, 1, nullptr, 32));
  line("bad certificate", SSL_dane_tlsa_add(ssl, 2, 0, 0, digest, 32));
  line("bad key", SSL_dane_tlsa_add(ssl, 2, 1, 0, digest, 32));
  X509* ca = read_certificate("ca.pem");
  unsigned char* der = nullptr;
  const int size = i2d_X509(ca, &der);
  line("certificate", SSL_dane_tlsa_add(ssl, 2, 0, 0, der, static_cast<std::size_t>(size)));
  line("certificate cut", SSL_dane_tlsa_add(ssl, 2, 0, 0, der, static_cast<std::size_t>(size) - 1));
  OPENSSL_free(der);
  X509_free(ca);
  line("authority", SSL_get0_dane_authority(ssl, nullptr, nullptr));
  line("override full", SSL_CTX_dane_mtype_set(ctx, EVP_sha256(), 0, 1));
  line("new type", SSL_CTX_dane_mtype_set(ctx, EVP_sha384(), 5, 3));
  SSL_free(ssl);
  SSL_CTX_free(ctx);
}

void switching() {
  SSL_CTX* first = SSL_CTX_new(TLS_method());
  SSL_CTX* second = SSL_CTX_new(TLS_method());
  SSL_CTX_use_certificate_chain_file(second, path("ec.pem").c_str());
  SSL_CTX_use_PrivateKey_file(second, path("ec.key").c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_set_cipher_list(second, "ECDHE-ECDSA-AES256-GCM-SHA384");
  SSL_CTX_set_security_level(second, 1);
  SSL_CTX_set_options(second, SSL_OP_NO_TICKET);
  SSL_CTX_set_verify(second, SSL_VERIFY_PEER, nullptr);
  SSL* ssl = SSL_new(first);
  line("switch", SSL_set_SSL_CTX(ssl, second) == second);
  line("certificate", subject(SSL_get_certificate(ssl)));
  line("cipher", SSL_get_cipher_list(ssl, 3));
  line("level", SSL_get_security_level(ssl));
  line("options", SSL_get_options(ssl));
  line("verify", SSL_get_verify_mode(ssl));
  line("context", SSL_get_SSL_CTX(ssl) == second);
  line("same", SSL_set_SSL_CTX(ssl, second) == second);
  line("back", SSL_set_SSL_CTX(ssl, nullptr) == first);
  line("certificate", subject(SSL_get_certificate(ssl)));
  SSL* copy = SSL_dup(ssl);
  line("dup options", SSL_get_options(copy));
  line("dup is another", copy != ssl);
  line("clear", SSL_clear(ssl));
  SSL_free(copy);
  SSL_free(ssl);
  SSL_CTX_free(first);
  SSL_CTX_free(second);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  folder = argv[1];
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  files();
  passwords();
  objects();
  build_chains();
  stores();
  ca_names();
  dane();
  switching();
  return 0;
}
