// Calls that run as jobs (SSL_MODE_ASYNC): a private key, a callback or a message pauses them.
#include <openssl/async.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>

#include <utility>

#include "connections.h"

namespace {

using namespace abi;

int pauses = 0;  // still to be made
int callbacks = 0;
constexpr int kDescriptor = 77;
const char kEngine = 0;

// What a slow engine does when it has handed its work to the hardware.
void pause() {
  ASYNC_JOB* job = ASYNC_get_current_job();
  if (pauses == 0) return;
  --pauses;
  if (job == nullptr) {
    line("without a job, pausing gives", ASYNC_pause_job());
    return;
  }
  ASYNC_WAIT_CTX* wait = ASYNC_get_wait_ctx(job);
  ASYNC_WAIT_CTX_set_wait_fd(wait, &kEngine, kDescriptor, nullptr, nullptr);
  ASYNC_callback_fn callback = nullptr;
  void* arg = nullptr;
  ASYNC_WAIT_CTX_get_callback(wait, &callback, &arg);
  line("callback there", callback != nullptr);
  if (callback != nullptr) line("callback gives", callback(arg));
  ASYNC_WAIT_CTX_set_status(wait, ASYNC_STATUS_OK);
  ASYNC_pause_job();
  ASYNC_WAIT_CTX_clear_fd(wait, &kEngine);
}

int sign(int size, const unsigned char* from, unsigned char* to, RSA* rsa, int padding) {
  pause();
  return RSA_meth_get_priv_enc(RSA_PKCS1_OpenSSL())(size, from, to, rsa, padding);
}

// An RSA key whose private half is as slow as one in hardware.
EVP_PKEY* slow_key() {
  static const Key kKey = [] {
    const Key plain(EVP_RSA_gen(2048));
    RSA* rsa = EVP_PKEY_get1_RSA(plain.get());
    RSA_METHOD* method = RSA_meth_dup(RSA_PKCS1_OpenSSL());
    RSA_meth_set_priv_enc(method, sign);
    RSA_set_method(rsa, method);
    EVP_PKEY* slow = EVP_PKEY_new();
    EVP_PKEY_assign_RSA(slow, rsa);
    return Key(slow);
  }();
  return kKey.get();
}

X509* slow_certificate() {
  static const Certificate kCertificate = make_certificate(slow_key());
  return kCertificate.get();
}

int on_async(SSL* ssl, void* arg) {
  ++callbacks;
  line("callback arg", arg == SSL_get_ex_data(ssl, 0));
  return 5;
}

int on_certificate(SSL*, void*) {
  pause();
  return 1;
}

void on_message(int, int, int type, const void*, size_t, SSL*, void*) {
  if (type == SSL3_RT_ALERT || type == SSL3_RT_HANDSHAKE) pause();
}

void show(const std::string& title, SSL* ssl, int result) {
  const int error = SSL_get_error(ssl, result);
  line(title, std::to_string(result) + "/" + std::to_string(error) + " want " +
                  std::to_string(SSL_want(ssl)) + " waits " +
                  std::to_string(SSL_waiting_for_async(ssl)));
  size_t count = 9, deleted = 9;
  line(title + " all fds", SSL_get_all_async_fds(ssl, nullptr, &count));
  line(title + " count", count);
  int fds[4] = {};
  if (count > 0 && count < 4) {
    SSL_get_all_async_fds(ssl, fds, &count);
    line(title + " fd", fds[0]);
  }
  count = 9;
  line(title + " changed", SSL_get_changed_async_fds(ssl, nullptr, &count, nullptr, &deleted));
  line(title + " changed count", std::to_string(count) + "/" + std::to_string(deleted));
  int status = 99;
  line(title + " status", SSL_get_async_status(ssl, &status));
  line(title + " status is", status);
}

struct AsyncPair {
  Context client_ctx, server_ctx;
  std::unique_ptr<Pair> pair;

  explicit AsyncPair(int version)
      : client_ctx(make_client(version)), server_ctx(make_server(version)) {
    SSL_CTX_set_num_tickets(server_ctx.get(), 0);
    SSL_CTX_set_mode(server_ctx.get(), SSL_MODE_ASYNC);
  }
  SSL* client() const { return pair->client.get(); }
  SSL* server() const { return pair->server.get(); }
  void open() { pair = std::make_unique<Pair>(client_ctx.get(), server_ctx.get()); }

  void handshake(const std::string& title) {
    for (int i = 0; i < 8; ++i) {
      ERR_clear_error();
      SSL_do_handshake(client());
      const int result = SSL_do_handshake(server());
      show(title + " " + std::to_string(i), server(), result);
      if (result == 1) break;
    }
    SSL_do_handshake(client());
    line(title + " done",
         SSL_is_init_finished(client()) == 1 && SSL_is_init_finished(server()) == 1);
  }
};

void with_slow_key(const std::string& title, int version) {
  AsyncPair pair(version);
  SSL_CTX_set1_sigalgs_list(pair.client_ctx.get(), "RSA-PSS+SHA256:RSA+SHA256");
  SSL_CTX_use_certificate(pair.server_ctx.get(), slow_certificate());
  SSL_CTX_use_PrivateKey(pair.server_ctx.get(), slow_key());
  line(title + " callback set", SSL_CTX_set_async_callback(pair.server_ctx.get(), on_async));
  line(title + " arg set", SSL_CTX_set_async_callback_arg(pair.server_ctx.get(), &callbacks));
  pair.open();
  SSL_set_ex_data(pair.server(), 0, &callbacks);
  pauses = 2;
  pair.handshake(title);
  line(title + " pauses left", pauses);
  line(title + " callbacks", std::exchange(callbacks, 0));
}

void with_slow_callback(const std::string& title, int version, bool asynchronous) {
  AsyncPair pair(version);
  if (!asynchronous) SSL_CTX_clear_mode(pair.server_ctx.get(), SSL_MODE_ASYNC);
  SSL_CTX_set_cert_cb(pair.server_ctx.get(), on_certificate, nullptr);
  pair.open();
  line(title + " callback set", SSL_set_async_callback(pair.server(), on_async));
  line(title + " arg set", SSL_set_async_callback_arg(pair.server(), nullptr));
  pauses = 3;
  pair.handshake(title);
  pauses = 0;
}

// An established connection whose calls pause.
void after_the_handshake(const std::string& title, int version) {
  AsyncPair pair(version);
  pair.open();
  pair.handshake(title);
  char text[8] = {};
  SSL_write(pair.client(), "abcd", 4);
  show(title + " read", pair.server(), SSL_read(pair.server(), text, 4));
  line(title + " data", text);
  SSL_set_msg_callback(pair.server(), on_message);
  if (version == TLS1_3_VERSION) {
    SSL_key_update(pair.client(), SSL_KEY_UPDATE_NOT_REQUESTED);
    SSL_write(pair.client(), "efgh", 4);
    pauses = 2;
    for (int i = 0; i < 3; ++i) {
      size_t taken = 99;
      const int result = SSL_read_ex(pair.server(), text, 4, &taken);
      show(title + " read", pair.server(), result);
      if (result == 1) line(title + " data", text + std::to_string(taken));
    }
  }
  size_t written = 0;
  show(title + " write", pair.server(), SSL_write_ex(pair.server(), "ijkl", 4, &written));
  line(title + " written", written);
  line(title + " arrives", SSL_read(pair.client(), text, 4));
  pauses = 1;
  show(title + " shutdown", pair.server(), SSL_shutdown(pair.server()));
  show(title + " shutdown", pair.server(), SSL_shutdown(pair.server()));
  SSL_shutdown(pair.client());
  show(title + " shutdown", pair.server(), SSL_shutdown(pair.server()));
  pauses = 0;
}

// More connections than jobs.
void without_jobs() {
  line("one job", ASYNC_init_thread(1, 1));
  AsyncPair first(TLS1_3_VERSION), second(TLS1_3_VERSION);
  for (AsyncPair* each : {&first, &second}) {
    SSL_CTX_set_cert_cb(each->server_ctx.get(), on_certificate, nullptr);
    each->open();
    SSL_do_handshake(each->client());
  }
  pauses = 1;
  show("first", first.server(), SSL_do_handshake(first.server()));
  show("second", second.server(), SSL_do_handshake(second.server()));
  show("first", first.server(), SSL_do_handshake(first.server()));
  second.handshake("second");
  line("during a pause, shutdown", SSL_shutdown(first.server()));
  ASYNC_cleanup_thread();
}

}  // namespace

int main() {
  with_slow_key("slow key 1.3", TLS1_3_VERSION);
  with_slow_key("slow key 1.2", TLS1_2_VERSION);
  with_slow_callback("slow callback 1.3", TLS1_3_VERSION, true);
  with_slow_callback("slow callback 1.2", TLS1_2_VERSION, true);
  with_slow_callback("no jobs", TLS1_3_VERSION, false);
  after_the_handshake("established 1.3", TLS1_3_VERSION);
  after_the_handshake("established 1.2", TLS1_2_VERSION);
  without_jobs();
}
