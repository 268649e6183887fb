/* What the library shows: only functions marked REWAPP_API leave the shared object. */
#ifndef REWAPP_EXPORT_H
#define REWAPP_EXPORT_H

#if defined(_WIN32)
#ifdef REWAPP_BUILDING
#define REWAPP_API __declspec(dllexport)
#else
#define REWAPP_API __declspec(dllimport)
#endif
#elif defined(SWIG)
#define REWAPP_API
#else
#define REWAPP_API __attribute__((visibility("default")))
#endif

#endif
