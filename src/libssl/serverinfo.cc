// SSL_CTX_use_serverinfo(3): extensions of a server's whose content lies beside its certificate.
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <string_view>

#include "libssl/certificate_files.h"
#include "libssl/credential_slots.h"
#include "libssl/entry.h"
#include "libssl/handles.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace ciao::tls {
namespace {

// What version 1, which has none, is taken to say.
constexpr std::uint32_t kVersion1Context = SSL_EXT_TLS1_2_AND_BELOW_ONLY | SSL_EXT_CLIENT_HELLO |
                                           SSL_EXT_TLS1_2_SERVER_HELLO |
                                           SSL_EXT_IGNORE_ON_RESUMPTION;

//  struct {
//      uint32 context;    /* version 2 only */
//      uint16 extension_type;
//      opaque extension_data<0..2^16-1>;
//  } Entry;
struct Entry {
  std::uint32_t context = kVersion1Context;
  std::uint16_t type = 0;
  ByteView data;
};

Result<Entry> read_entry(Reader& reader) {
  Entry entry;
  entry.context = TRY(reader.u32());
  entry.type = TRY(reader.u16());
  entry.data = TRY(reader.vector16());
  return entry;
}

// The credential that the server has chosen for this handshake; null when it shows none.
const Credential* chosen_credential(const SSL* ssl) {
  const Negotiated& facts = ssl->connection.negotiated();
  if (facts.resumed) return nullptr;
  const Credentials& credentials = *config_of(ssl).credentials;
  if (facts.own_scheme != SignatureScheme::none) return &credentials.slot(facts.own_credential);
  // This key exchange shows a certificate and signs nothing.
  const bool decrypts = facts.suite != nullptr && facts.version == ProtocolVersion::tls1_2 &&
                        facts.suite->key_exchange == KeyExchange::rsa;
  return decrypts ? &credentials.slot(KeyKind::rsa) : nullptr;
}

// 1 with the content, 0 when there is none.
int add_serverinfo(SSL* ssl, unsigned int type, const unsigned char** out, std::size_t* size) {
  const Credential* credential = chosen_credential(ssl);
  if (credential == nullptr) return 0;
  Reader reader(credential->serverinfo);
  while (!reader.empty()) {
    const Result<Entry> entry = read_entry(reader);
    if (!entry) return -1;
    if (entry->type != type) continue;
    *out = entry->data.data();
    *size = entry->data.size();
    return 1;
  }
  return 0;
}

int on_add(SSL* ssl, unsigned int type, unsigned int context, const unsigned char** out,
           std::size_t* size, X509*, std::size_t position, int* alert, void*) {
  // With the end-entity certificate alone.
  if ((context & SSL_EXT_TLS1_3_CERTIFICATE) != 0 && position > 0) return 0;
  *alert = SSL_AD_INTERNAL_ERROR;
  return add_serverinfo(ssl, type, out, size);
}

int on_add_plain(SSL* ssl, unsigned int type, const unsigned char** out, std::size_t* size,
                 int* alert, void*) {
  *alert = SSL_AD_INTERNAL_ERROR;
  return add_serverinfo(ssl, type, out, size);
}

// A client asks for it by an empty extension.
int accept_empty(std::size_t size, int* alert) {
  if (size == 0) return 1;
  *alert = SSL_AD_DECODE_ERROR;
  return 0;
}

int on_parse(SSL*, unsigned int, unsigned int, const unsigned char*, std::size_t size, X509*,
             std::size_t, int* alert, void*) {
  return accept_empty(size, alert);
}

int on_parse_plain(SSL*, unsigned int, const unsigned char*, std::size_t size, int* alert, void*) {
  return accept_empty(size, alert);
}

bool register_entry(SSL_CTX* ctx, const Entry& entry) {
  // The old form lets a client's extension of the same type stand beside it.
  if (entry.context == kVersion1Context) {
    return SSL_CTX_add_server_custom_ext(ctx, entry.type, on_add_plain, nullptr, nullptr,
                                         on_parse_plain, nullptr) == 1;
  }
  return SSL_CTX_add_custom_ext(ctx, entry.type, entry.context, on_add, nullptr, nullptr, on_parse,
                                nullptr) == 1;
}

// Whether `data` is made of entries; with a context, they are registered in it, too.
bool process(ByteView data, SSL_CTX* ctx) {
  Reader reader(data);
  while (!reader.empty()) {
    const Result<Entry> entry = read_entry(reader);
    if (!entry || (ctx != nullptr && !register_entry(ctx, *entry))) return false;
  }
  return true;
}

Result<void> use_serverinfo(SSL_CTX* ctx, ByteView data) {
  if (!process(data, nullptr)) return silent_error(Reason::invalid_serverinfo_data);
  Credentials& credentials = edit_credentials(ctx);
  credentials.slot(credentials.current).serverinfo = to_bytes(data);
  if (!process(data, ctx)) return silent_error(Reason::invalid_serverinfo_data);
  return {};
}

// Version 1 in the form of version 2. As in OpenSSL it is one entry.
Bytes with_context(ByteView version1) {
  Bytes data;
  Writer writer(data);
  writer.u32(kVersion1Context);
  writer.bytes(version1);
  return data;
}

// --- files --------------------------------------------------------------------------------------

struct PemBlock {
  OpensslPtr<char> name;
  OpensslPtr<char> header;
  OpensslPtr<unsigned char> data;
  long size = 0;

  bool read(BIO* bio) {
    char* raw_name = nullptr;
    char* raw_header = nullptr;
    unsigned char* raw_data = nullptr;
    const int found = PEM_read_bio(bio, &raw_name, &raw_header, &raw_data, &size);
    name.reset(raw_name);
    header.reset(raw_header);
    data.reset(raw_data);
    return found == 1;
  }
};

Result<bool> is_version1(std::string_view name) {
  constexpr std::string_view kVersion1 = "SERVERINFO FOR ";
  constexpr std::string_view kVersion2 = "SERVERINFOV2 FOR ";
  if (name.size() < kVersion1.size()) return silent_error(Reason::pem_name_too_short);
  if (name.starts_with(kVersion1)) return true;
  if (name.size() < kVersion2.size()) return silent_error(Reason::pem_name_too_short);
  if (!name.starts_with(kVersion2)) return silent_error(Reason::pem_name_bad_prefix);
  return false;
}

// Each block holds one entry.
Result<Bytes> read_block(const PemBlock& block) {
  const bool version1 = TRY(is_version1(block.name.get()));
  const ByteView data(block.data.get(), static_cast<std::size_t>(block.size));
  Bytes entry = version1 ? with_context(data) : to_bytes(data);
  Reader reader(entry);
  if (!read_entry(reader) || !reader.empty()) return silent_error(Reason::bad_data);
  return entry;
}

Result<Bytes> read_file(const char* path) {
  const BioPtr bio = TRY(open_file(path));
  Bytes all;
  for (;;) {
    PemBlock block;
    // As in OpenSSL, libcrypto's word for the end of the file stays in the error queue.
    if (!block.read(bio.get())) break;
    const Bytes entry = TRY(read_block(block));
    all.insert(all.end(), entry.begin(), entry.end());
  }
  if (all.empty()) return silent_error(Reason::no_pem_extensions);
  return all;
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" int SSL_CTX_use_serverinfo_ex(SSL_CTX* ctx, unsigned int version,
                                         const unsigned char* serverinfo,
                                         size_t serverinfo_length) {
  return checked([&]() -> Result<void> {
    if (ctx == nullptr || serverinfo == nullptr || serverinfo_length == 0) {
      return silent_error(Reason::passed_null_parameter);
    }
    const ByteView data(serverinfo, serverinfo_length);
    if (version == SSL_SERVERINFOV1) return use_serverinfo(ctx, with_context(data));
    if (version != SSL_SERVERINFOV2) return silent_error(Reason::invalid_serverinfo_data);
    return use_serverinfo(ctx, data);
  });
}

extern "C" int SSL_CTX_use_serverinfo(SSL_CTX* ctx, const unsigned char* serverinfo,
                                      size_t serverinfo_length) {
  return SSL_CTX_use_serverinfo_ex(ctx, SSL_SERVERINFOV1, serverinfo, serverinfo_length);
}

extern "C" int SSL_CTX_use_serverinfo_file(SSL_CTX* ctx, const char* file) {
  return checked([&]() -> Result<void> {
    if (ctx == nullptr || file == nullptr) return silent_error(Reason::passed_null_parameter);
    return use_serverinfo(ctx, TRY(read_file(file)));
  });
}
