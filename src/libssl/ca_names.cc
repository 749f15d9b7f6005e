// SSL_CTX_set0_CA_list(3), SSL_load_client_CA_file(3).
#include "libssl/ca_names.h"

#include <dirent.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/store.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string>

#include "libssl/entry.h"
#include "libssl/owner.h"

namespace ciao::tls {
namespace {

int compare_names(const X509_NAME* const* a, const X509_NAME* const* b) {
  return X509_NAME_cmp(*a, *b);
}

bool append_subject(X509NameStackPtr& names, const X509* certificate) {
  if (certificate == nullptr) return false;
  if (!names) names.reset(sk_X509_NAME_new_null());
  X509NamePtr name(X509_NAME_dup(X509_get_subject_name(certificate)));
  if (!names || !name || sk_X509_NAME_push(names.get(), name.get()) == 0) return false;
  disown(name);
  return true;
}

// Adds a subject that is not there yet. The stack's comparison must be compare_names().
bool add_new_subject(STACK_OF(X509_NAME) * names, const X509* certificate) {
  X509NamePtr name(X509_NAME_dup(X509_get_subject_name(certificate)));
  if (!name) return false;
  if (sk_X509_NAME_find(names, name.get()) >= 0) return true;
  if (sk_X509_NAME_push(names, name.get()) == 0) return false;
  disown(name);
  return true;
}

// Compares by name while it lives, then as the application had it.
class ByName {
 public:
  explicit ByName(STACK_OF(X509_NAME) * names)
      : names_(names), before_(sk_X509_NAME_set_cmp_func(names, compare_names)) {}
  ~ByName() { sk_X509_NAME_set_cmp_func(names_, before_); }
  ByName(const ByName&) = delete;
  ByName& operator=(const ByName&) = delete;

 private:
  STACK_OF(X509_NAME) * names_;
  sk_X509_NAME_compfunc before_;
};

// Adds the subject of each certificate of a PEM file; how many there were, or -1.
int add_subjects(STACK_OF(X509_NAME) * names, const char* file, OSSL_LIB_CTX* libctx,
                 const char* properties) {
  const BioPtr bio(BIO_new(BIO_s_file()));
  X509Ptr certificate(X509_new_ex(libctx, properties));
  if (!bio || !certificate || BIO_read_filename(bio.get(), file) <= 0) return -1;
  const ByName order(names);
  int count = 0;
  for (;; ++count) {
    X509* raw = certificate.release();
    // On failure the certificate is freed and cleared.
    const bool read = PEM_read_bio_X509(bio.get(), &raw, nullptr, nullptr) != nullptr;
    certificate.reset(raw);
    if (!read) return count;
    if (!add_new_subject(names, certificate.get())) return -1;
  }
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

bool is_directory(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

Result<void> add_directory(STACK_OF(X509_NAME) * names, const std::string& path) {
  constexpr std::size_t kMaxPath = 1024;
  const std::unique_ptr<DIR, CloseDirectory> directory(opendir(path.c_str()));
  if (!directory) {
    raise_system(errno, ("reading " + path).c_str());
    return silent_error(Reason::err_sys_lib);
  }
  // Safe: nobody else reads from this stream.
  while (const dirent* entry = readdir(directory.get())) {  // NOLINT(concurrency-mt-unsafe)
    const std::string file = path + "/" + entry->d_name;
    if (file.size() + 1 > kMaxPath) return silent_error(Reason::path_too_long);
    if (is_directory(file)) continue;
    if (SSL_add_file_cert_subjects_to_stack(names, file.c_str()) != 1) return kQuietFailure;
  }
  return {};
}

struct CloseStore {
  void operator()(OSSL_STORE_CTX* store) const { OSSL_STORE_close(store); }
};
struct FreeInfo {
  void operator()(OSSL_STORE_INFO* info) const { OSSL_STORE_INFO_free(info); }
};

// What a store names is opened in turn, one level deep.
bool add_store(STACK_OF(X509_NAME) * names, const char* uri, int depth) {
  const std::unique_ptr<OSSL_STORE_CTX, CloseStore> store(
      OSSL_STORE_open(uri, nullptr, nullptr, nullptr, nullptr));
  if (!store) return false;
  while (OSSL_STORE_eof(store.get()) == 0 && OSSL_STORE_error(store.get()) == 0) {
    const std::unique_ptr<OSSL_STORE_INFO, FreeInfo> info(OSSL_STORE_load(store.get()));
    if (!info) continue;
    const int type = OSSL_STORE_INFO_get_type(info.get());
    bool added = true;
    if (type == OSSL_STORE_INFO_NAME && depth > 0) {
      added = add_store(names, OSSL_STORE_INFO_get0_NAME(info.get()), depth - 1);
    } else if (type == OSSL_STORE_INFO_CERT) {
      added = add_new_subject(names, OSSL_STORE_INFO_get0_CERT(info.get()));
    }
    if (!added) return false;
  }
  ERR_clear_error();
  return true;
}

STACK_OF(X509_NAME) * names_of_peer(const SSL* ssl) {
  const std::vector<Bytes>& names = ssl->connection.negotiated().peer_ca_names;
  if (names.empty()) return nullptr;
  return guard<STACK_OF(X509_NAME)*>(nullptr, [&]() -> STACK_OF(X509_NAME) * {
    ColdState& cold = const_cast<SSL*>(ssl)->cold_state();
    if (!cold.peer_ca_names) cold.peer_ca_names = decode_names(names);
    return cold.peer_ca_names.get();
  });
}

bool stale(const std::vector<Bytes>& encoded, const STACK_OF(X509_NAME) * names) {
  const int count = sk_X509_NAME_num(names);
  return encoded.size() != static_cast<std::size_t>(count > 0 ? count : 0);
}

}  // namespace

std::vector<Bytes> encode_names(const STACK_OF(X509_NAME) * names) {
  std::vector<Bytes> encoded;
  for (int i = 0; i < sk_X509_NAME_num(names); ++i) {
    const X509_NAME* name = sk_X509_NAME_value(names, i);
    const int size = i2d_X509_NAME(name, nullptr);
    if (size <= 0) continue;
    Bytes der(static_cast<std::size_t>(size));
    unsigned char* cursor = der.data();
    i2d_X509_NAME(name, &cursor);
    encoded.push_back(std::move(der));
  }
  return encoded;
}

X509NameStackPtr decode_names(const std::vector<Bytes>& names) {
  X509NameStackPtr decoded(sk_X509_NAME_new_null());
  if (!decoded) return nullptr;
  for (const Bytes& der : names) {
    const unsigned char* cursor = der.data();
    X509NamePtr name(d2i_X509_NAME(nullptr, &cursor, static_cast<long>(der.size())));
    if (!name || sk_X509_NAME_push(decoded.get(), name.get()) == 0) return nullptr;
    disown(name);
  }
  return decoded;
}

void take_context_ca_names(SSL* ssl) {
  const bool own = ssl->cold && ssl->cold->ca_names;
  const bool own_client = ssl->cold && ssl->cold->client_ca_names;
  const STACK_OF(X509_NAME)* names = own ? ssl->cold->ca_names.get() : ssl->ctx->ca_names.get();
  const STACK_OF(X509_NAME)* client_names =
      own_client ? ssl->cold->client_ca_names.get() : ssl->ctx->client_ca_names.get();
  if (stale(config_of(ssl).ca_names, names)) edit_config(ssl).ca_names = encode_names(names);
  if (stale(config_of(ssl).client_ca_names, client_names)) {
    edit_config(ssl).client_ca_names = encode_names(client_names);
  }
}

}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

// --- certificate_authorities of both roles ------------------------------------------------------

void SSL_CTX_set0_CA_list(SSL_CTX* ctx, STACK_OF(X509_NAME) * name_list) {
  guard_void([&] {
    ctx->ca_names.reset(name_list);
    edit_config(ctx).ca_names = encode_names(name_list);
  });
}

void SSL_set0_CA_list(SSL* s, STACK_OF(X509_NAME) * name_list) {
  guard_void([&] {
    s->cold_state().ca_names.reset(name_list);
    edit_config(s).ca_names = encode_names(name_list);
  });
}

const STACK_OF(X509_NAME) * SSL_CTX_get0_CA_list(const SSL_CTX* ctx) { return ctx->ca_names.get(); }

const STACK_OF(X509_NAME) * SSL_get0_CA_list(const SSL* s) {
  return s->cold && s->cold->ca_names ? s->cold->ca_names.get() : s->ctx->ca_names.get();
}

int SSL_CTX_add1_to_CA_list(SSL_CTX* ctx, const X509* x) {
  return guard(0, [&] {
    if (!append_subject(ctx->ca_names, x)) return 0;
    edit_config(ctx).ca_names = encode_names(ctx->ca_names.get());
    return 1;
  });
}

int SSL_add1_to_CA_list(SSL* ssl, const X509* x) {
  return guard(0, [&] {
    if (!append_subject(ssl->cold_state().ca_names, x)) return 0;
    edit_config(ssl).ca_names = encode_names(ssl->cold->ca_names.get());
    return 1;
  });
}

// --- a server's CertificateRequest --------------------------------------------------------------

void SSL_CTX_set_client_CA_list(SSL_CTX* ctx, STACK_OF(X509_NAME) * name_list) {
  guard_void([&] {
    ctx->client_ca_names.reset(name_list);
    edit_config(ctx).client_ca_names = encode_names(name_list);
  });
}

void SSL_set_client_CA_list(SSL* s, STACK_OF(X509_NAME) * name_list) {
  guard_void([&] {
    s->cold_state().client_ca_names.reset(name_list);
    edit_config(s).client_ca_names = encode_names(name_list);
  });
}

STACK_OF(X509_NAME) * SSL_CTX_get_client_CA_list(const SSL_CTX* s) {
  return s->client_ca_names.get();
}

// On a client: what the server asked for.
STACK_OF(X509_NAME) * SSL_get_client_CA_list(const SSL* s) {
  if (!is_server(s)) return names_of_peer(s);
  return s->cold && s->cold->client_ca_names ? s->cold->client_ca_names.get()
                                             : s->ctx->client_ca_names.get();
}

int SSL_CTX_add_client_CA(SSL_CTX* ctx, X509* x) {
  return guard(0, [&] {
    if (!append_subject(ctx->client_ca_names, x)) return 0;
    edit_config(ctx).client_ca_names = encode_names(ctx->client_ca_names.get());
    return 1;
  });
}

int SSL_add_client_CA(SSL* ssl, X509* x) {
  return guard(0, [&] {
    if (!append_subject(ssl->cold_state().client_ca_names, x)) return 0;
    edit_config(ssl).client_ca_names = encode_names(ssl->cold->client_ca_names.get());
    return 1;
  });
}

const STACK_OF(X509_NAME) * SSL_get0_peer_CA_list(const SSL* s) { return names_of_peer(s); }

// --- lists from elsewhere -----------------------------------------------------------------------

STACK_OF(X509_NAME) * SSL_dup_CA_list(const STACK_OF(X509_NAME) * sk) {
  STACK_OF(X509_NAME)* copy = sk_X509_NAME_deep_copy(sk, X509_NAME_dup, X509_NAME_free);
  if (copy == nullptr) raise(Reason::malloc_failure);
  return copy;
}

STACK_OF(X509_NAME) *
    SSL_load_client_CA_file_ex(const char* file, OSSL_LIB_CTX* libctx, const char* propq) {
  X509NameStackPtr names(sk_X509_NAME_new_null());
  if (!names) {
    raise(Reason::malloc_failure);
    return nullptr;
  }
  // An empty file has no list, and the reason of the PEM reader stays in the queue.
  if (add_subjects(names.get(), file, libctx, propq) <= 0) return nullptr;
  sk_X509_NAME_set_cmp_func(names.get(), nullptr);
  ERR_clear_error();
  return names.release();
}

STACK_OF(X509_NAME) * SSL_load_client_CA_file(const char* file) {
  return SSL_load_client_CA_file_ex(file, nullptr, nullptr);
}

int SSL_add_file_cert_subjects_to_stack(STACK_OF(X509_NAME) * names, const char* file) {
  if (add_subjects(names, file, nullptr, nullptr) < 0) return 0;
  ERR_clear_error();
  return 1;
}

int SSL_add_dir_cert_subjects_to_stack(STACK_OF(X509_NAME) * names, const char* dir) {
  return checked([&] { return add_directory(names, dir); });
}

int SSL_add_store_cert_subjects_to_stack(STACK_OF(X509_NAME) * names, const char* uri) {
  const ByName order(names);
  return add_store(names, uri, 1) ? 1 : 0;
}

}  // extern "C"
