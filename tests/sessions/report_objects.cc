// The part of the report that needs no connection: SSL_SESSION objects and their bytes.
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "callbacks.h"
#include "duo.h"

namespace sessions {
namespace {

using Bytes = std::vector<unsigned char>;

void show(const char* what, long value) {
  std::printf("%s = %ld%s\n", what, value, take_errors().c_str());
}

void show_bytes(const char* what, const Bytes& bytes) {
  std::printf("%s = %zu ", what, bytes.size());
  for (const unsigned char byte : bytes) std::printf("%02x", byte);
  std::printf("%s\n", take_errors().c_str());
}

Bytes encode(SSL_SESSION* session) {
  unsigned char* out = nullptr;
  const int size = i2d_SSL_SESSION(session, &out);
  Bytes bytes;
  if (size > 0) bytes.assign(out, out + size);
  OPENSSL_free(out);
  return bytes;
}

void print(SSL_SESSION* session) {
  BIO* bio = BIO_new(BIO_s_mem());
  show("print", SSL_SESSION_print(bio, session));
  show("keylog", SSL_SESSION_print_keylog(bio, session));
  show("PEM", PEM_write_bio_SSL_SESSION(bio, session));
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::printf("%.*s", static_cast<int>(size), text);
  SSL_SESSION* back = PEM_read_bio_SSL_SESSION(bio, nullptr, nullptr, nullptr);
  show("read back", back != nullptr && encode(back) == encode(session));
  SSL_SESSION_free(back);
  BIO_free(bio);
}

void fresh_session() {
  std::printf("== a new session\n");
  const Session session(SSL_SESSION_new());
  SSL_SESSION* s = session.get();
  show("encodes", i2d_SSL_SESSION(s, nullptr));
  show("timeout", SSL_SESSION_get_timeout(s));
  show("version", SSL_SESSION_get_protocol_version(s));
  show("resumable", SSL_SESSION_is_resumable(s));
  show("fragment", SSL_SESSION_get_max_fragment_length(s));
  show("compression", SSL_SESSION_get_compress_id(s));
  show("hint", static_cast<long>(SSL_SESSION_get_ticket_lifetime_hint(s)));
  show("early data", SSL_SESSION_get_max_early_data(s));
  show("cipher", SSL_SESSION_get0_cipher(s) != nullptr);
  show("host", SSL_SESSION_get0_hostname(s) != nullptr);
  show("peer", SSL_SESSION_get0_peer(s) != nullptr);
  show("key size", static_cast<long>(SSL_SESSION_get_master_key(s, nullptr, 0)));
  show("negative timeout", SSL_SESSION_set_timeout(s, -5));
  show("timeout", SSL_SESSION_set_timeout(s, 5));
  show("time", SSL_SESSION_set_time(s, 77));
  show("time", SSL_SESSION_get_time(s));
  show("time 0", SSL_SESSION_set_time(s, 0));
  show("null", SSL_SESSION_set_timeout(nullptr, 1) + SSL_SESSION_get_timeout(nullptr) +
                   SSL_SESSION_set_time(nullptr, 1) + SSL_SESSION_get_time(nullptr));
}

void fill(SSL* ssl, SSL_SESSION* s) {
  const unsigned char suite[] = {0x13, 0x01};
  show("cipher", SSL_SESSION_set_cipher(s, SSL_CIPHER_find(ssl, suite)));
  show("version", SSL_SESSION_set_protocol_version(s, TLS1_3_VERSION));
  SSL_SESSION_set_time(s, 1000);
  show_bytes("short", encode(s));
  const auto bytes = [](const char* text) { return reinterpret_cast<const unsigned char*>(text); };
  show("key", SSL_SESSION_set1_master_key(s, bytes("abcdefgh"), 8));
  show("id", SSL_SESSION_set1_id(s, bytes("ID123"), 5));
  show("context", SSL_SESSION_set1_id_context(s, bytes("CTX"), 3));
  show("host", SSL_SESSION_set1_hostname(s, "host"));
  show("alpn", SSL_SESSION_set1_alpn_selected(s, bytes("h2"), 2));
  show("appdata", SSL_SESSION_set1_ticket_appdata(s, "APP", 3));
  show("early data", SSL_SESSION_set_max_early_data(s, 0xffffffff));
}

void limits(SSL_SESSION* s) {
  const Bytes many(600);
  show("id of 33", SSL_SESSION_set1_id(s, many.data(), 33));
  show("context of 33", SSL_SESSION_set1_id_context(s, many.data(), 33));
  show("key of 513", SSL_SESSION_set1_master_key(s, many.data(), 513));
  unsigned char key[4] = {};
  show("part of the key", static_cast<long>(SSL_SESSION_get_master_key(s, key, 4)));
  std::printf("%.4s\n", reinterpret_cast<const char*>(key));
  show("key of 512", SSL_SESSION_set1_master_key(s, many.data(), 512));
  show("size", static_cast<long>(encode(s).size()));
  show("appdata, none", SSL_SESSION_set1_ticket_appdata(s, nullptr, 0));
  show("alpn, none", SSL_SESSION_set1_alpn_selected(s, nullptr, 0));
  show("host, none", SSL_SESSION_set1_hostname(s, nullptr));
  void* data = s;
  const unsigned char* alpn = nullptr;
  size_t size = 9;
  SSL_SESSION_get0_ticket_appdata(s, &data, &size);
  show("appdata", static_cast<long>(size) + (data != nullptr ? 100 : 0));
  SSL_SESSION_get0_alpn_selected(s, &alpn, &size);
  show("alpn", static_cast<long>(size) + (alpn != nullptr ? 100 : 0));
  show("odd version", SSL_SESSION_set_protocol_version(s, 0x9999));
  print(s);
  show("id, none", SSL_SESSION_set1_id(s, many.data(), 0));
  show("resumable", SSL_SESSION_is_resumable(s));
}

// Each mutation that OpenSSL's own decoder judges by DER's rules.
void decoding(const Bytes& whole) {
  const auto judge = [](const char* what, Bytes bytes) {
    const unsigned char* cursor = bytes.data();
    const Session session(d2i_SSL_SESSION(nullptr, &cursor, static_cast<long>(bytes.size())));
    take_errors();
    std::printf("%s: %d, read %ld\n", what, session != nullptr,
                static_cast<long>(cursor - bytes.data()));
  };
  judge("whole", whole);
  for (const std::size_t cut :
       {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{10}, whole.size() - 1}) {
    judge("cut", Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut)));
  }
  Bytes longer = whole;
  longer.push_back(0);
  judge("longer", longer);
  struct Change {
    const char* name;
    std::size_t at;
    unsigned char value;
  };
  const Change changes[] = {{"tag", 0, 0x31},    {"structure", 4, 2},      {"protocol", 7, 5},
                            {"suite", 12, 0x77}, {"time's tag", 31, 0xa7}, {"id too long", 14, 40}};
  for (const Change& change : changes) {
    Bytes changed = whole;
    changed[change.at] = change.value;
    judge(change.name, changed);
  }
}

void into_an_object(const Bytes& whole) {
  SSL_SESSION* target = SSL_SESSION_new();
  const unsigned char* cursor = whole.data();
  SSL_SESSION* result = d2i_SSL_SESSION(&target, &cursor, static_cast<long>(whole.size()));
  show("same object", result == target);
  show("filled", encode(target) == whole);
  cursor = whole.data();
  result = d2i_SSL_SESSION(&target, &cursor, 5);
  take_errors();
  show("failure leaves the object", result == nullptr && target != nullptr);
  SSL_SESSION_free(target);
  SSL_SESSION* null = nullptr;
  cursor = whole.data();
  result = d2i_SSL_SESSION(&null, &cursor, static_cast<long>(whole.size()));
  show("made", result == null && null != nullptr);
  Bytes buffer(whole.size());
  unsigned char* out = buffer.data();
  show("encoded in place", i2d_SSL_SESSION(null, &out) == static_cast<int>(whole.size()) &&
                               out == buffer.data() + whole.size() && buffer == whole);
  SSL_SESSION_free(null);
}

void in_a_cache(SSL_SESSION* s) {
  std::printf("== a context's cache\n");
  const Context context = make_client();
  SSL_CTX* ctx = context.get();
  SSL_CTX_sess_set_remove_cb(ctx, removed_session);
  show("add", SSL_CTX_add_session(ctx, s));
  show("add again", SSL_CTX_add_session(ctx, s));
  const Session copy(SSL_SESSION_dup(s));
  show("add its copy", SSL_CTX_add_session(ctx, copy.get()));
  show("number", SSL_CTX_sess_number(ctx));
  LHASH_OF(SSL_SESSION)* all = SSL_CTX_sessions(ctx);
  show("entries",
       static_cast<long>(OPENSSL_LH_num_items(reinterpret_cast<const OPENSSL_LHASH*>(all))));
  show("remove", SSL_CTX_remove_session(ctx, s));
  show("first is resumable", SSL_SESSION_is_resumable(s));
  show("copy is resumable", SSL_SESSION_is_resumable(copy.get()));
  show("number", SSL_CTX_sess_number(ctx));
  show("remove again", SSL_CTX_remove_session(ctx, s));
  const Session copy_of_removed(SSL_SESSION_dup(s));
  show("copy of a removed one", SSL_SESSION_is_resumable(copy_of_removed.get()));
  show("remove null", SSL_CTX_remove_session(ctx, nullptr));
  show("timeout", SSL_CTX_get_timeout(ctx));
  show("set timeout", SSL_CTX_set_timeout(ctx, 100));
  show("timeout", SSL_CTX_get_timeout(ctx));
  show("size", SSL_CTX_sess_get_cache_size(ctx));
  show("set size", SSL_CTX_sess_set_cache_size(ctx, 10));
  show("negative size", SSL_CTX_sess_set_cache_size(ctx, -1));
  show("size", SSL_CTX_sess_get_cache_size(ctx));
  show("mode", SSL_CTX_get_session_cache_mode(ctx));
  show("set mode", SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_BOTH));
  show("mode", SSL_CTX_get_session_cache_mode(ctx));
}

void of_a_connection(SSL* ssl, SSL_SESSION* s) {
  std::printf("== a connection's session\n");
  show("none", SSL_get_session(ssl) != nullptr || SSL_get1_session(ssl) != nullptr);
  show("verify result", SSL_get_verify_result(ssl));
  show("set", SSL_set_session(ssl, s));
  show("the same", SSL_get_session(ssl) == s);
  show("verify result", SSL_get_verify_result(ssl));
  const Session counted(SSL_get1_session(ssl));
  show("counted", counted.get() == s);
  show("reused", SSL_session_reused(ssl));
  show("default timeout", SSL_get_default_timeout(ssl));
  const Bytes context(33, 1);
  show("id context of 33", SSL_set_session_id_context(ssl, context.data(), 33));
  show("id context", SSL_set_session_id_context(ssl, context.data(), 32));
  const Connection other(SSL_new(SSL_get_SSL_CTX(ssl)));
  show("copy", SSL_copy_session_id(other.get(), ssl));
  show("copied", SSL_get_session(other.get()) == s);
  show("unset", SSL_set_session(ssl, nullptr));
  show("none", SSL_get_session(ssl) != nullptr);
}

int copied_data(CRYPTO_EX_DATA*, const CRYPTO_EX_DATA*, void** data, int, long, void*) {
  std::printf("  data copied: %s\n", static_cast<const char*>(*data));
  return 1;
}

void freed_data(void*, void* data, CRYPTO_EX_DATA*, int, long, void*) {
  if (data != nullptr) std::printf("  data freed: %s\n", static_cast<const char*>(data));
}

void application_data() {
  std::printf("== application data\n");
  const int index = SSL_SESSION_get_ex_new_index(0, nullptr, nullptr, copied_data, freed_data);
  const Session session(SSL_SESSION_new());
  char text[] = "mine";
  show("none", SSL_SESSION_get_ex_data(session.get(), index) != nullptr);
  show("set", SSL_SESSION_set_ex_data(session.get(), index, text));
  show("get", SSL_SESSION_get_ex_data(session.get(), index) == text);
  const Session copy(SSL_SESSION_dup(session.get()));
  show("of the copy", SSL_SESSION_get_ex_data(copy.get(), index) == text);
}

}  // namespace

void report_objects() {
  fresh_session();
  std::printf("== a session by hand\n");
  const Context context = make_client();
  const Connection ssl(SSL_new(context.get()));
  const Session session(SSL_SESSION_new());
  fill(ssl.get(), session.get());
  const Bytes whole = encode(session.get());
  show_bytes("long", whole);
  print(session.get());
  decoding(whole);
  into_an_object(whole);
  of_a_connection(ssl.get(), session.get());
  in_a_cache(session.get());
  limits(session.get());
  application_data();
}

}  // namespace sessions
