/* The subcommands that this folder's server brings: argv[0] is the subcommand's own name. */
#ifndef REWAPP_COMMANDS_SERVE_H
#define REWAPP_COMMANDS_SERVE_H

int command_serve(int argc, char **argv);
int command_key(int argc, char **argv);

#endif
