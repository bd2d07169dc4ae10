/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of SMBIOS structures (DSP0134 3.7 chapter 7), types 18 to 127. Offsets are those
 * of the specification. */
#include "decode/smbios.h"

static const struct smbios_row memory_error_rows[] = {
    {KEY_SM_MEMORY_ERROR_TYPE,           KEY_NONE, SM_UINT, 0x04, 1, 0, 0xff,       0x00, "Type"       },
    {KEY_SM_MEMORY_ERROR_GRANULARITY,    KEY_NONE, SM_UINT, 0x05, 1, 0, 0xff,       0x00, "Granularity"},
    {KEY_SM_MEMORY_ERROR_OPERATION,      KEY_NONE, SM_UINT, 0x06, 1, 0, 0xff,       0x00, "Operation"  },
    {KEY_SM_MEMORY_ERROR_SYNDROME,       KEY_NONE, SM_UINT, 0x07, 4, 0, 0xffffffff, 0x00,
     "Vendor Syndrome"                                                                                 },
    {KEY_SM_MEMORY_ERROR_ARRAY_ADDRESS,  KEY_NONE, SM_UINT, 0x0b, 4, 0, 0xffffffff, 0x00,
     "Memory Array Address"                                                                            },
    {KEY_SM_MEMORY_ERROR_DEVICE_ADDRESS, KEY_NONE, SM_UINT, 0x0f, 4, 0, 0xffffffff, 0x00,
     "Device Address"                                                                                  },
    {KEY_SM_MEMORY_ERROR_RESOLUTION,     KEY_NONE, SM_UINT, 0x13, 4, 0, 0xffffffff, 0x00,
     "Resolution"                                                                                      },
};

static const struct smbios_row memory_range_rows[] = {
    {KEY_SM_MEMORY_RANGE_START,           KEY_NONE,                  SM_START,  0x04, 4, 0, 0xffffffff,         0x0f,
     "Starting Address"                                                                                                                      },
    {KEY_SM_MEMORY_RANGE_END,             KEY_NONE,                  SM_END,    0x08, 4, 0, 0xffffffff,         0x17, "Ending Address"       },
    {KEY_SM_MEMORY_RANGE_ARRAY_HANDLE,    KEY_SM_MEMORY_RANGE_ARRAY, SM_HANDLE, 0x0c, 2, 0, 0xffff,
     0x00,                                                                                                            "Physical Array Handle"},
    {KEY_SM_MEMORY_RANGE_PARTITION_WIDTH, KEY_NONE,                  SM_UINT,   0x0e, 1, 0, 0xff,               0x00,
     "Partition Width"                                                                                                                       },
    {KEY_SM_MEMORY_RANGE_START_EXTENDED,  KEY_NONE,                  SM_UINT,   0x0f, 8, 0, 0xffffffffffffffff,
     0x00,                                                                                                            NULL                   },
    {KEY_SM_MEMORY_RANGE_END_EXTENDED,    KEY_NONE,                  SM_UINT,   0x17, 8, 0, 0xffffffffffffffff, 0x00,
     NULL                                                                                                                                    },
};

static const struct smbios_row memory_device_range_rows[] = {
    {KEY_SM_MEMORY_DEVICE_RANGE_START,               KEY_NONE,                          SM_START,  0x04, 4, 0, 0xffffffff,         0x13,
     "Starting Address"                                                                                                                                                      },
    {KEY_SM_MEMORY_DEVICE_RANGE_END,                 KEY_NONE,                          SM_END,    0x08, 4, 0, 0xffffffff,         0x1b,
     "Ending Address"                                                                                                                                                        },
    {KEY_SM_MEMORY_DEVICE_RANGE_DEVICE_HANDLE,       KEY_SM_MEMORY_DEVICE_RANGE_DEVICE, SM_HANDLE,
     0x0c,                                                                                               2, 0, 0xffff,             0x00, "Physical Device Handle"            },
    {KEY_SM_MEMORY_DEVICE_RANGE_RANGE_HANDLE,        KEY_SM_MEMORY_DEVICE_RANGE_RANGE,  SM_HANDLE, 0x0e,
     2,                                                                                                     0, 0xffff,             0x00, "Memory Array Mapped Address Handle"},
    {KEY_SM_MEMORY_DEVICE_RANGE_ROW_POSITION,        KEY_NONE,                          SM_UINT,   0x10, 1, 0, 0xff,               0x00,
     "Partition Row Position"                                                                                                                                                },
    {KEY_SM_MEMORY_DEVICE_RANGE_INTERLEAVE_POSITION, KEY_NONE,                          SM_UINT,   0x11, 1, 0, 0xff,               0x00,
     "Interleave Position"                                                                                                                                                   },
    {KEY_SM_MEMORY_DEVICE_RANGE_INTERLEAVE_DEPTH,    KEY_NONE,                          SM_UINT,   0x12, 1, 0, 0xff,               0x00,
     "Interleaved Data Depth"                                                                                                                                                },
    {KEY_SM_MEMORY_DEVICE_RANGE_START_EXTENDED,      KEY_NONE,                          SM_UINT,   0x13, 8, 0,
     0xffffffffffffffff,                                                                                                           0x00, NULL                                },
    {KEY_SM_MEMORY_DEVICE_RANGE_END_EXTENDED,        KEY_NONE,                          SM_UINT,   0x1b, 8, 0, 0xffffffffffffffff,
     0x00,                                                                                                                               NULL                                },
};

static const struct smbios_row pointing_device_rows[] = {
    {KEY_SM_POINTING_DEVICE_TYPE,      KEY_NONE, SM_UINT, 0x04, 1, 0, 0xff, 0x00, "Type"     },
    {KEY_SM_POINTING_DEVICE_INTERFACE, KEY_NONE, SM_UINT, 0x05, 1, 0, 0xff, 0x00, "Interface"},
    {KEY_SM_POINTING_DEVICE_BUTTONS,   KEY_NONE, SM_UINT, 0x06, 1, 0, 0xff, 0x00, "Buttons"  },
};

static const struct smbios_row battery_rows[] = {
    {KEY_SM_BATTERY_LOCATION,         KEY_NONE, SM_STRING,     0x04, 1, 0, 0xff,       0x00, "Location"      },
    {KEY_SM_BATTERY_MANUFACTURER,     KEY_NONE, SM_STRING,     0x05, 1, 0, 0xff,       0x00, "Manufacturer"  },
    {KEY_SM_BATTERY_MANUFACTURE_DATE, KEY_NONE, SM_STRING,     0x06, 1, 0, 0xff,       0x00,
     "Manufacture Date"                                                                                      },
    {KEY_SM_BATTERY_SERIAL,           KEY_NONE, SM_STRING,     0x07, 1, 0, 0xff,       0x00, "Serial Number" },
    {KEY_SM_BATTERY_NAME,             KEY_NONE, SM_STRING,     0x08, 1, 0, 0xff,       0x00, "Name"          },
    {KEY_SM_BATTERY_CHEMISTRY,        KEY_NONE, SM_UINT,       0x09, 1, 0, 0xff,       0x00, "Chemistry"     },
    {KEY_SM_BATTERY_CAPACITY,         KEY_NONE, SM_MULTIPLIED, 0x0a, 2, 0, 0xffff,     0x15,
     "Design Capacity"                                                                                       },
    {KEY_SM_BATTERY_VOLTAGE,          KEY_NONE, SM_UINT,       0x0c, 2, 0, 0xffff,     0x00, "Design Voltage"},
    {KEY_SM_BATTERY_SBDS_VERSION,     KEY_NONE, SM_STRING,     0x0e, 1, 0, 0xff,       0x00, "SBDS Version"  },
    {KEY_SM_BATTERY_MAXIMUM_ERROR,    KEY_NONE, SM_UINT,       0x0f, 1, 0, 0xff,       0x00, "Maximum Error" },
    {KEY_SM_BATTERY_SBDS_SERIAL,      KEY_NONE, SM_UINT,       0x10, 2, 0, 0xffff,     0x00,
     "SBDS Serial Number"                                                                                    },
    {KEY_SM_BATTERY_SBDS_DATE,        KEY_NONE, SM_UINT,       0x12, 2, 0, 0xffff,     0x00,
     "SBDS Manufacture Date"                                                                                 },
    {KEY_SM_BATTERY_SBDS_CHEMISTRY,   KEY_NONE, SM_STRING,     0x14, 1, 0, 0xff,       0x00,
     "SBDS Chemistry"                                                                                        },
    {KEY_SM_BATTERY_MULTIPLIER,       KEY_NONE, SM_UINT,       0x15, 1, 0, 0xff,       0x00, NULL            },
    {KEY_SM_BATTERY_OEM_INFORMATION,  KEY_NONE, SM_UINT,       0x16, 4, 0, 0xffffffff, 0x00,
     "OEM-specific Information"                                                                              },
};

static const struct smbios_row system_reset_rows[] = {
    {KEY_SM_SYSTEM_RESET_ENABLED,           KEY_NONE, SM_UINT,     0x04, 1, 0, 0x1,    0x00, "Status"        },
    {KEY_SM_SYSTEM_RESET_BOOT_OPTION,       KEY_NONE, SM_UINT,     0x04, 1, 1, 0x6,    0x00, "Boot Option"   },
    {KEY_SM_SYSTEM_RESET_BOOT_OPTION_LIMIT, KEY_NONE, SM_UINT,     0x04, 1, 3, 0x18,   0x00,
     "Boot Option On Limit"                                                                                  },
    {KEY_SM_SYSTEM_RESET_WATCHDOG,          KEY_NONE, SM_UINT,     0x04, 1, 5, 0x20,   0x00, "Watchdog Timer"},
    {KEY_SM_RESERVED,                       KEY_NONE, SM_UINT_SET, 0x04, 1, 0, 0xc0,   0x00, NULL            },
    {KEY_SM_SYSTEM_RESET_COUNT,             KEY_NONE, SM_UINT,     0x05, 2, 0, 0xffff, 0x00, "Reset Count"   },
    {KEY_SM_SYSTEM_RESET_LIMIT,             KEY_NONE, SM_UINT,     0x07, 2, 0, 0xffff, 0x00, "Reset Limit"   },
    {KEY_SM_SYSTEM_RESET_INTERVAL,          KEY_NONE, SM_UINT,     0x09, 2, 0, 0xffff, 0x00,
     "Timer Interval"                                                                                        },
    {KEY_SM_SYSTEM_RESET_TIMEOUT,           KEY_NONE, SM_UINT,     0x0b, 2, 0, 0xffff, 0x00, "Timeout"       },
};

static const struct smbios_row hardware_security_rows[] = {
    {KEY_SM_HARDWARE_SECURITY_FRONT_PANEL_RESET,      KEY_NONE, SM_UINT, 0x04, 1, 0, 0x3,  0x00,
     "Front Panel Reset Status"     },
    {KEY_SM_HARDWARE_SECURITY_ADMINISTRATOR_PASSWORD, KEY_NONE, SM_UINT, 0x04, 1, 2, 0xc,  0x00,
     "Administrator Password Status"},
    {KEY_SM_HARDWARE_SECURITY_KEYBOARD_PASSWORD,      KEY_NONE, SM_UINT, 0x04, 1, 4, 0x30, 0x00,
     "Keyboard Password Status"     },
    {KEY_SM_HARDWARE_SECURITY_POWER_ON_PASSWORD,      KEY_NONE, SM_UINT, 0x04, 1, 6, 0xc0, 0x00,
     "Power-On Password Status"     },
};

static const struct smbios_row power_controls_rows[] = {
    {KEY_SM_POWER_CONTROLS_NEXT_MONTH,  KEY_NONE, SM_UINT, 0x04, 1, 0, 0xff, 0x00, NULL},
    {KEY_SM_POWER_CONTROLS_NEXT_DAY,    KEY_NONE, SM_UINT, 0x05, 1, 0, 0xff, 0x00, NULL},
    {KEY_SM_POWER_CONTROLS_NEXT_HOUR,   KEY_NONE, SM_UINT, 0x06, 1, 0, 0xff, 0x00, NULL},
    {KEY_SM_POWER_CONTROLS_NEXT_MINUTE, KEY_NONE, SM_UINT, 0x07, 1, 0, 0xff, 0x00, NULL},
    {KEY_SM_POWER_CONTROLS_NEXT_SECOND, KEY_NONE, SM_UINT, 0x08, 1, 0, 0xff, 0x00, NULL},
};

static const struct smbios_row voltage_probe_rows[] = {
    {KEY_SM_VOLTAGE_PROBE_DESCRIPTION,     KEY_NONE, SM_STRING, 0x04, 1, 0, 0xff,       0x00,
     "Description"                                                                                           },
    {KEY_SM_VOLTAGE_PROBE_LOCATION,        KEY_NONE, SM_UINT,   0x05, 1, 0, 0x1f,       0x00, "Location"     },
    {KEY_SM_VOLTAGE_PROBE_STATUS,          KEY_NONE, SM_UINT,   0x05, 1, 5, 0xe0,       0x00, "Status"       },
    {KEY_SM_VOLTAGE_PROBE_MAXIMUM,         KEY_NONE, SM_INT,    0x06, 2, 0, 0xffff,     0x00, "Maximum Value"},
    {KEY_SM_VOLTAGE_PROBE_MINIMUM,         KEY_NONE, SM_INT,    0x08, 2, 0, 0xffff,     0x00, "Minimum Value"},
    {KEY_SM_VOLTAGE_PROBE_RESOLUTION,      KEY_NONE, SM_INT,    0x0a, 2, 0, 0xffff,     0x00, "Resolution"   },
    {KEY_SM_VOLTAGE_PROBE_TOLERANCE,       KEY_NONE, SM_INT,    0x0c, 2, 0, 0xffff,     0x00, "Tolerance"    },
    {KEY_SM_VOLTAGE_PROBE_ACCURACY,        KEY_NONE, SM_INT,    0x0e, 2, 0, 0xffff,     0x00, "Accuracy"     },
    {KEY_SM_VOLTAGE_PROBE_OEM_INFORMATION, KEY_NONE, SM_UINT,   0x10, 4, 0, 0xffffffff, 0x00,
     "OEM-specific Information"                                                                              },
    {KEY_SM_VOLTAGE_PROBE_NOMINAL,         KEY_NONE, SM_INT,    0x14, 2, 0, 0xffff,     0x00, "Nominal Value"},
};

static const struct smbios_row cooling_device_rows[] = {
    {KEY_SM_COOLING_DEVICE_PROBE_HANDLE,    KEY_SM_COOLING_DEVICE_PROBE, SM_HANDLE, 0x04, 2, 0,
     0xffff,                                                                                                0x00, "Temperature Probe Handle"},
    {KEY_SM_COOLING_DEVICE_TYPE,            KEY_NONE,                    SM_UINT,   0x06, 1, 0, 0x1f,       0x00, "Type"                    },
    {KEY_SM_COOLING_DEVICE_STATUS,          KEY_NONE,                    SM_UINT,   0x06, 1, 5, 0xe0,       0x00, "Status"                  },
    {KEY_SM_COOLING_DEVICE_GROUP,           KEY_NONE,                    SM_UINT,   0x07, 1, 0, 0xff,       0x00,
     "Cooling Unit Group"                                                                                                                   },
    {KEY_SM_COOLING_DEVICE_OEM_INFORMATION, KEY_NONE,                    SM_UINT,   0x08, 4, 0, 0xffffffff, 0x00,
     "OEM-specific Information"                                                                                                             },
    {KEY_SM_COOLING_DEVICE_NOMINAL_SPEED,   KEY_NONE,                    SM_UINT,   0x0c, 2, 0, 0xffff,     0x00,
     "Nominal Speed"                                                                                                                        },
    {KEY_SM_COOLING_DEVICE_DESCRIPTION,     KEY_NONE,                    SM_STRING, 0x0e, 1, 0, 0xff,       0x00,
     "Description"                                                                                                                          },
};

static const struct smbios_row temperature_probe_rows[] = {
    {KEY_SM_TEMPERATURE_PROBE_DESCRIPTION,     KEY_NONE, SM_STRING, 0x04, 1, 0, 0xff,       0x00,
     "Description"                                                                                          },
    {KEY_SM_TEMPERATURE_PROBE_LOCATION,        KEY_NONE, SM_UINT,   0x05, 1, 0, 0x1f,       0x00, "Location"},
    {KEY_SM_TEMPERATURE_PROBE_STATUS,          KEY_NONE, SM_UINT,   0x05, 1, 5, 0xe0,       0x00, "Status"  },
    {KEY_SM_TEMPERATURE_PROBE_MAXIMUM,         KEY_NONE, SM_INT,    0x06, 2, 0, 0xffff,     0x00,
     "Maximum Value"                                                                                        },
    {KEY_SM_TEMPERATURE_PROBE_MINIMUM,         KEY_NONE, SM_INT,    0x08, 2, 0, 0xffff,     0x00,
     "Minimum Value"                                                                                        },
    {KEY_SM_TEMPERATURE_PROBE_RESOLUTION,      KEY_NONE, SM_INT,    0x0a, 2, 0, 0xffff,     0x00,
     "Resolution"                                                                                           },
    {KEY_SM_TEMPERATURE_PROBE_TOLERANCE,       KEY_NONE, SM_INT,    0x0c, 2, 0, 0xffff,     0x00,
     "Tolerance"                                                                                            },
    {KEY_SM_TEMPERATURE_PROBE_ACCURACY,        KEY_NONE, SM_INT,    0x0e, 2, 0, 0xffff,     0x00, "Accuracy"},
    {KEY_SM_TEMPERATURE_PROBE_OEM_INFORMATION, KEY_NONE, SM_UINT,   0x10, 4, 0, 0xffffffff, 0x00,
     "OEM-specific Information"                                                                             },
    {KEY_SM_TEMPERATURE_PROBE_NOMINAL,         KEY_NONE, SM_INT,    0x14, 2, 0, 0xffff,     0x00,
     "Nominal Value"                                                                                        },
};

static const struct smbios_row current_probe_rows[] = {
    {KEY_SM_CURRENT_PROBE_DESCRIPTION,     KEY_NONE, SM_STRING, 0x04, 1, 0, 0xff,       0x00,
     "Description"                                                                                           },
    {KEY_SM_CURRENT_PROBE_LOCATION,        KEY_NONE, SM_UINT,   0x05, 1, 0, 0x1f,       0x00, "Location"     },
    {KEY_SM_CURRENT_PROBE_STATUS,          KEY_NONE, SM_UINT,   0x05, 1, 5, 0xe0,       0x00, "Status"       },
    {KEY_SM_CURRENT_PROBE_MAXIMUM,         KEY_NONE, SM_INT,    0x06, 2, 0, 0xffff,     0x00, "Maximum Value"},
    {KEY_SM_CURRENT_PROBE_MINIMUM,         KEY_NONE, SM_INT,    0x08, 2, 0, 0xffff,     0x00, "Minimum Value"},
    {KEY_SM_CURRENT_PROBE_RESOLUTION,      KEY_NONE, SM_INT,    0x0a, 2, 0, 0xffff,     0x00, "Resolution"   },
    {KEY_SM_CURRENT_PROBE_TOLERANCE,       KEY_NONE, SM_INT,    0x0c, 2, 0, 0xffff,     0x00, "Tolerance"    },
    {KEY_SM_CURRENT_PROBE_ACCURACY,        KEY_NONE, SM_INT,    0x0e, 2, 0, 0xffff,     0x00, "Accuracy"     },
    {KEY_SM_CURRENT_PROBE_OEM_INFORMATION, KEY_NONE, SM_UINT,   0x10, 4, 0, 0xffffffff, 0x00,
     "OEM-specific Information"                                                                              },
    {KEY_SM_CURRENT_PROBE_NOMINAL,         KEY_NONE, SM_INT,    0x14, 2, 0, 0xffff,     0x00, "Nominal Value"},
};

static const struct smbios_row remote_access_rows[] = {
    {KEY_SM_REMOTE_ACCESS_MANUFACTURER, KEY_NONE, SM_STRING,   0x04, 1, 0, 0xff, 0x00,
     "Manufacturer Name"                                                                   },
    {KEY_SM_REMOTE_ACCESS_INBOUND,      KEY_NONE, SM_UINT,     0x05, 1, 0, 0x1,  0x00,
     "Inbound Connection"                                                                  },
    {KEY_SM_REMOTE_ACCESS_OUTBOUND,     KEY_NONE, SM_UINT,     0x05, 1, 1, 0x2,  0x00,
     "Outbound Connection"                                                                 },
    {KEY_SM_RESERVED,                   KEY_NONE, SM_UINT_SET, 0x05, 1, 0, 0xfc, 0x00, NULL},
};

static const struct smbios_row boot_integrity_rows[] = {
    {KEY_SM_BOOT_INTEGRITY_CHECKSUM, KEY_NONE, SM_UINT,     0x04, 1,  0, 0xff,       0x00, NULL},
    {KEY_RESERVED,                   KEY_NONE, SM_RESERVED, 0x05, 3,  0, 0x0,        0x00, NULL},
    {KEY_SM_BOOT_INTEGRITY_ENTRY_16, KEY_NONE, SM_UINT,     0x08, 4,  0, 0xffffffff, 0x00, NULL},
    {KEY_SM_BOOT_INTEGRITY_ENTRY_32, KEY_NONE, SM_UINT,     0x0c, 4,  0, 0xffffffff, 0x00, NULL},
    {KEY_RESERVED,                   KEY_NONE, SM_RESERVED, 0x10, 12, 0, 0x0,        0x00, NULL},
};

static const struct smbios_row boot_status_rows[] = {
    {KEY_RESERVED,              KEY_NONE, SM_RESERVED, 0x04, 6, 0, 0x0,  0x00, NULL    },
    {KEY_SM_BOOT_STATUS_STATUS, KEY_NONE, SM_UINT,     0x0a, 1, 0, 0xff, 0x00, "Status"},
};

static const struct smbios_row memory_error_64_rows[] = {
    {KEY_SM_MEMORY_ERROR_64_TYPE,           KEY_NONE, SM_UINT, 0x04, 1, 0, 0xff,               0x00, "Type"                },
    {KEY_SM_MEMORY_ERROR_64_GRANULARITY,    KEY_NONE, SM_UINT, 0x05, 1, 0, 0xff,               0x00,
     "Granularity"                                                                                                         },
    {KEY_SM_MEMORY_ERROR_64_OPERATION,      KEY_NONE, SM_UINT, 0x06, 1, 0, 0xff,               0x00, "Operation"           },
    {KEY_SM_MEMORY_ERROR_64_SYNDROME,       KEY_NONE, SM_UINT, 0x07, 4, 0, 0xffffffff,         0x00,
     "Vendor Syndrome"                                                                                                     },
    {KEY_SM_MEMORY_ERROR_64_ARRAY_ADDRESS,  KEY_NONE, SM_UINT, 0x0b, 8, 0, 0xffffffffffffffff,
     0x00,                                                                                           "Memory Array Address"},
    {KEY_SM_MEMORY_ERROR_64_DEVICE_ADDRESS, KEY_NONE, SM_UINT, 0x13, 8, 0, 0xffffffffffffffff,
     0x00,                                                                                           "Device Address"      },
    {KEY_SM_MEMORY_ERROR_64_RESOLUTION,     KEY_NONE, SM_UINT, 0x1b, 4, 0, 0xffffffff,         0x00,
     "Resolution"                                                                                                          },
};

static const struct smbios_row management_device_rows[] = {
    {KEY_SM_MANAGEMENT_DEVICE_DESCRIPTION,  KEY_NONE, SM_STRING, 0x04, 1, 0, 0xff,       0x00,
     "Description"                                                                                   },
    {KEY_SM_MANAGEMENT_DEVICE_TYPE,         KEY_NONE, SM_UINT,   0x05, 1, 0, 0xff,       0x00, "Type"},
    {KEY_SM_MANAGEMENT_DEVICE_ADDRESS,      KEY_NONE, SM_UINT,   0x06, 4, 0, 0xffffffff, 0x00,
     "Address"                                                                                       },
    {KEY_SM_MANAGEMENT_DEVICE_ADDRESS_TYPE, KEY_NONE, SM_UINT,   0x0a, 1, 0, 0xff,       0x00,
     "Address Type"                                                                                  },
};

static const struct smbios_row management_component_rows[] = {
    {KEY_SM_MANAGEMENT_COMPONENT_DESCRIPTION,      KEY_NONE,                              SM_STRING, 0x04, 1, 0, 0xff,   0x00,
     "Description"                                                                                                                                       },
    {KEY_SM_MANAGEMENT_COMPONENT_DEVICE_HANDLE,    KEY_SM_MANAGEMENT_COMPONENT_DEVICE,    SM_HANDLE,
     0x05,                                                                                                 2, 0, 0xffff, 0x00, "Management Device Handle"},
    {KEY_SM_MANAGEMENT_COMPONENT_COMPONENT_HANDLE, KEY_SM_MANAGEMENT_COMPONENT_COMPONENT,
     SM_HANDLE,                                                                                      0x07, 2, 0, 0xffff, 0x00, "Component Handle"        },
    {KEY_SM_MANAGEMENT_COMPONENT_THRESHOLD_HANDLE, KEY_SM_MANAGEMENT_COMPONENT_THRESHOLD,
     SM_HANDLE,                                                                                      0x09, 2, 0, 0xffff, 0x00, "Threshold Handle"        },
};

static const struct smbios_row management_threshold_rows[] = {
    {KEY_SM_MANAGEMENT_THRESHOLD_LOWER_NON_CRITICAL,    KEY_NONE, SM_UINT, 0x04, 2, 0, 0xffff,
     0x00,                                                                                           "Lower Non-critical Threshold"   },
    {KEY_SM_MANAGEMENT_THRESHOLD_UPPER_NON_CRITICAL,    KEY_NONE, SM_UINT, 0x06, 2, 0, 0xffff,
     0x00,                                                                                           "Upper Non-critical Threshold"   },
    {KEY_SM_MANAGEMENT_THRESHOLD_LOWER_CRITICAL,        KEY_NONE, SM_UINT, 0x08, 2, 0, 0xffff, 0x00,
     "Lower Critical Threshold"                                                                                                       },
    {KEY_SM_MANAGEMENT_THRESHOLD_UPPER_CRITICAL,        KEY_NONE, SM_UINT, 0x0a, 2, 0, 0xffff, 0x00,
     "Upper Critical Threshold"                                                                                                       },
    {KEY_SM_MANAGEMENT_THRESHOLD_LOWER_NON_RECOVERABLE, KEY_NONE, SM_UINT, 0x0c, 2, 0, 0xffff,
     0x00,                                                                                           "Lower Non-recoverable Threshold"},
    {KEY_SM_MANAGEMENT_THRESHOLD_UPPER_NON_RECOVERABLE, KEY_NONE, SM_UINT, 0x0e, 2, 0, 0xffff,
     0x00,                                                                                           "Upper Non-recoverable Threshold"},
};

static const struct smbios_row memory_channel_rows[] = {
    {KEY_SM_MEMORY_CHANNEL_TYPE,         KEY_NONE, SM_UINT, 0x04, 1, 0, 0xff, 0x00, "Type"   },
    {KEY_SM_MEMORY_CHANNEL_MAXIMAL_LOAD, KEY_NONE, SM_UINT, 0x05, 1, 0, 0xff, 0x00,
     "Maximal Load"                                                                          },
    {KEY_SM_MEMORY_CHANNEL_DEVICE_COUNT, KEY_NONE, SM_UINT, 0x06, 1, 0, 0xff, 0x00, "Devices"},
};

static const struct smbios_row ipmi_rows[] = {
    {KEY_SM_IPMI_TYPE,                KEY_NONE, SM_UINT,     0x04, 1, 0, 0xff,               0x00, "Interface Type"       },
    {KEY_SM_IPMI_VERSION,             KEY_NONE, SM_UINT,     0x05, 1, 0, 0xff,               0x00, "Specification Version"},
    {KEY_SM_IPMI_I2C_ADDRESS,         KEY_NONE, SM_UINT,     0x06, 1, 0, 0xff,               0x00, "I2C Slave Address"    },
    {KEY_SM_IPMI_NV_ADDRESS,          KEY_NONE, SM_UINT,     0x07, 1, 0, 0xff,               0x00,
     "NV Storage Device Address"                                                                                          },
    {KEY_SM_IPMI_BASE_ADDRESS,        KEY_NONE, SM_UINT,     0x08, 8, 0, 0xffffffffffffffff, 0x00,
     "Base Address"                                                                                                       },
    {KEY_SM_IPMI_INTERRUPT_TRIGGER,   KEY_NONE, SM_UINT,     0x10, 1, 0, 0x1,                0x00,
     "Interrupt Trigger Mode"                                                                                             },
    {KEY_SM_IPMI_INTERRUPT_POLARITY,  KEY_NONE, SM_UINT,     0x10, 1, 1, 0x2,                0x00,
     "Interrupt Polarity"                                                                                                 },
    {KEY_SM_IPMI_INTERRUPT_SPECIFIED, KEY_NONE, SM_UINT,     0x10, 1, 3, 0x8,                0x00, NULL                   },
    {KEY_SM_IPMI_ADDRESS_BIT_0,       KEY_NONE, SM_UINT,     0x10, 1, 4, 0x10,               0x00, NULL                   },
    {KEY_SM_IPMI_REGISTER_SPACING,    KEY_NONE, SM_UINT,     0x10, 1, 6, 0xc0,               0x00,
     "Register Spacing"                                                                                                   },
    {KEY_SM_RESERVED,                 KEY_NONE, SM_UINT_SET, 0x10, 1, 0, 0x24,               0x00, NULL                   },
    {KEY_SM_IPMI_INTERRUPT,           KEY_NONE, SM_UINT,     0x11, 1, 0, 0xff,               0x00, "Interrupt Number"     },
};

static const struct smbios_row power_supply_rows[] = {
    {KEY_SM_POWER_SUPPLY_GROUP,                KEY_NONE,                          SM_UINT,     0x04, 1, 0,  0xff,   0x00, "Power Unit Group"          },
    {KEY_SM_POWER_SUPPLY_LOCATION,             KEY_NONE,                          SM_STRING,   0x05, 1, 0,  0xff,   0x00, "Location"                  },
    {KEY_SM_POWER_SUPPLY_NAME,                 KEY_NONE,                          SM_STRING,   0x06, 1, 0,  0xff,   0x00, "Name"                      },
    {KEY_SM_POWER_SUPPLY_MANUFACTURER,         KEY_NONE,                          SM_STRING,   0x07, 1, 0,  0xff,   0x00,
     "Manufacturer"                                                                                                                                   },
    {KEY_SM_POWER_SUPPLY_SERIAL,               KEY_NONE,                          SM_STRING,   0x08, 1, 0,  0xff,   0x00, "Serial Number"             },
    {KEY_SM_POWER_SUPPLY_ASSET,                KEY_NONE,                          SM_STRING,   0x09, 1, 0,  0xff,   0x00, "Asset Tag"                 },
    {KEY_SM_POWER_SUPPLY_PART,                 KEY_NONE,                          SM_STRING,   0x0a, 1, 0,  0xff,   0x00,
     "Model Part Number"                                                                                                                              },
    {KEY_SM_POWER_SUPPLY_REVISION,             KEY_NONE,                          SM_STRING,   0x0b, 1, 0,  0xff,   0x00, "Revision"                  },
    {KEY_SM_POWER_SUPPLY_MAXIMUM_POWER,        KEY_NONE,                          SM_UINT,     0x0c, 2, 0,  0xffff, 0x00,
     "Max Power Capacity"                                                                                                                             },
    {KEY_SM_POWER_SUPPLY_HOT_REPLACEABLE,      KEY_NONE,                          SM_UINT,     0x0e, 2, 0,  0x1,    0x00,
     "Hot Replaceable"                                                                                                                                },
    {KEY_SM_POWER_SUPPLY_PRESENT,              KEY_NONE,                          SM_FLAG,     0x0e, 2, 1,  0x2,    0x00, NULL                        },
    {KEY_SM_POWER_SUPPLY_PLUGGED,              KEY_NONE,                          SM_UINT,     0x0e, 2, 2,  0x4,    0x00, "Plugged"                   },
    {KEY_SM_POWER_SUPPLY_RANGE_SWITCHING,      KEY_NONE,                          SM_UINT,     0x0e, 2, 3,  0x78,   0x00,
     "Input Voltage Range Switching"                                                                                                                  },
    {KEY_SM_POWER_SUPPLY_STATUS,               KEY_NONE,                          SM_UINT,     0x0e, 2, 7,  0x380,  0x00, NULL                        },
    {KEY_SM_POWER_SUPPLY_TYPE,                 KEY_NONE,                          SM_UINT,     0x0e, 2, 10, 0x3c00, 0x00, "Type"                      },
    {KEY_SM_RESERVED,                          KEY_NONE,                          SM_UINT_SET, 0x0e, 2, 0,  0xc000, 0x00, NULL                        },
    {KEY_SM_POWER_SUPPLY_VOLTAGE_PROBE_HANDLE, KEY_SM_POWER_SUPPLY_VOLTAGE_PROBE, SM_HANDLE,
     0x10,                                                                                           2, 0,  0xffff, 0x00, "Input Voltage Probe Handle"},
    {KEY_SM_POWER_SUPPLY_COOLING_HANDLE,       KEY_SM_POWER_SUPPLY_COOLING,       SM_HANDLE,   0x12, 2, 0,
     0xffff,                                                                                                        0x00, "Cooling Device Handle"     },
    {KEY_SM_POWER_SUPPLY_CURRENT_PROBE_HANDLE, KEY_SM_POWER_SUPPLY_CURRENT_PROBE, SM_HANDLE,
     0x14,                                                                                           2, 0,  0xffff, 0x00, "Input Current Probe Handle"},
};

static const struct smbios_row additional_rows[] = {
    {KEY_SM_ADDITIONAL_COUNT, KEY_NONE, SM_UINT, 0x04, 1, 0, 0xff, 0x00, NULL},
};

static const struct smbios_row onboard_device_rows[] = {
    {KEY_SM_ONBOARD_DEVICE_DESIGNATION,     KEY_NONE, SM_STRING, 0x04, 1, 0, 0xff,   0x00,
     "Reference Designation"                                                                       },
    {KEY_SM_ONBOARD_DEVICE_TYPE,            KEY_NONE, SM_UINT,   0x05, 1, 0, 0x7f,   0x00, "Type"  },
    {KEY_SM_ONBOARD_DEVICE_ENABLED,         KEY_NONE, SM_UINT,   0x05, 1, 7, 0x80,   0x00, "Status"},
    {KEY_SM_ONBOARD_DEVICE_INSTANCE,        KEY_NONE, SM_UINT,   0x06, 1, 0, 0xff,   0x00,
     "Type Instance"                                                                               },
    {KEY_SM_ONBOARD_DEVICE_SEGMENT,         KEY_NONE, SM_UINT,   0x07, 2, 0, 0xffff, 0x00, NULL    },
    {KEY_SM_ONBOARD_DEVICE_BUS,             KEY_NONE, SM_UINT,   0x09, 1, 0, 0xff,   0x00, NULL    },
    {KEY_SM_ONBOARD_DEVICE_DEVICE_FUNCTION, KEY_NONE, SM_UINT,   0x0a, 1, 0, 0xff,   0x00, NULL    },
};

static const struct smbios_row host_interface_rows[] = {
    {KEY_SM_HOST_INTERFACE_TYPE, KEY_NONE, SM_UINT, 0x04, 1, 0, 0xff, 0x00,
     "Host Interface Type"},
};

static const struct smbios_row tpm_rows[] = {
    {KEY_SM_TPM_VENDOR,          KEY_NONE,              SM_CHARS,    0x04, 4, 0, 0xffffffff,         0x00, "Vendor ID"      },
    {KEY_SM_TPM_SPEC_MAJOR,      KEY_SM_TPM_SPEC_MINOR, SM_PAIR,     0x08, 2, 0, 0xffff,             0x00,
     "Specification Version"                                                                                                },
    {KEY_SM_TPM_FIRMWARE_1,      KEY_NONE,              SM_UINT,     0x0a, 4, 0, 0xffffffff,         0x00, NULL             },
    {KEY_SM_TPM_FIRMWARE_2,      KEY_NONE,              SM_UINT,     0x0e, 4, 0, 0xffffffff,         0x00, NULL             },
    {KEY_SM_TPM_DESCRIPTION,     KEY_NONE,              SM_STRING,   0x12, 1, 0, 0xff,               0x00, "Description"    },
    {KEY_SM_TPM_CHARACTERISTICS, KEY_NONE,              SM_BITS,     0x13, 8, 0, 0x3c,               0x00, "Characteristics"},
    {KEY_SM_RESERVED,            KEY_NONE,              SM_UINT_SET, 0x13, 8, 0, 0xffffffffffffffc3, 0x00, NULL             },
    {KEY_SM_TPM_OEM_INFORMATION, KEY_NONE,              SM_UINT,     0x1b, 4, 0, 0xffffffff,         0x00,
     "OEM-specific Information"                                                                                             },
};

static const struct smbios_row processor_additional_rows[] = {
    {KEY_SM_PROCESSOR_ADDITIONAL_REFERENCE_HANDLE, KEY_SM_PROCESSOR_ADDITIONAL_REFERENCE,
     SM_HANDLE,                                                                                    0x04, 2, 0, 0xffff, 0x00, "Referenced Handle"},
    {KEY_SM_PROCESSOR_ADDITIONAL_BLOCK_LENGTH,     KEY_NONE,                              SM_UINT, 0x06, 1, 0, 0xff,   0x00, NULL               },
    {KEY_SM_PROCESSOR_ADDITIONAL_ARCHITECTURE,     KEY_NONE,                              SM_UINT, 0x07, 1, 0, 0xff,   0x00,
     "Processor Type"                                                                                                                           },
};

static const struct smbios_row firmware_rows[] = {
    {KEY_SM_FIRMWARE_COMPONENT,       KEY_NONE, SM_STRING,   0x04, 1, 0, 0xff,               0x00,
     "Firmware Component Name"                                                                                       },
    {KEY_SM_FIRMWARE_VERSION,         KEY_NONE, SM_STRING,   0x05, 1, 0, 0xff,               0x00, "Firmware Version"},
    {KEY_SM_FIRMWARE_VERSION_FORMAT,  KEY_NONE, SM_UINT,     0x06, 1, 0, 0xff,               0x00, NULL              },
    {KEY_SM_FIRMWARE_ID,              KEY_NONE, SM_STRING,   0x07, 1, 0, 0xff,               0x00, "Firmware ID"     },
    {KEY_SM_FIRMWARE_ID_FORMAT,       KEY_NONE, SM_UINT,     0x08, 1, 0, 0xff,               0x00, NULL              },
    {KEY_SM_FIRMWARE_RELEASE_DATE,    KEY_NONE, SM_STRING,   0x09, 1, 0, 0xff,               0x00, "Release Date"    },
    {KEY_SM_FIRMWARE_MANUFACTURER,    KEY_NONE, SM_STRING,   0x0a, 1, 0, 0xff,               0x00, "Manufacturer"    },
    {KEY_SM_FIRMWARE_LOWEST_VERSION,  KEY_NONE, SM_STRING,   0x0b, 1, 0, 0xff,               0x00,
     "Lowest Supported Firmware Version"                                                                             },
    {KEY_SM_FIRMWARE_IMAGE_SIZE,      KEY_NONE, SM_UINT,     0x0c, 8, 0, 0xffffffffffffffff, 0x00,
     "Image Size"                                                                                                    },
    {KEY_SM_FIRMWARE_CHARACTERISTICS, KEY_NONE, SM_BITS,     0x14, 2, 0, 0x3,                0x00,
     "Characteristics"                                                                                               },
    {KEY_SM_RESERVED,                 KEY_NONE, SM_UINT_SET, 0x14, 2, 0, 0xfffc,             0x00, NULL              },
    {KEY_SM_FIRMWARE_STATE,           KEY_NONE, SM_UINT,     0x16, 1, 0, 0xff,               0x00, "State"           },
    {KEY_SM_FIRMWARE_COMPONENT_COUNT, KEY_NONE, SM_UINT,     0x17, 1, 0, 0xff,               0x00,
     "Associated Components"                                                                                         },
};

static const struct smbios_row string_property_rows[] = {
    {KEY_SM_STRING_PROPERTY_ID,            KEY_NONE,                      SM_UINT,   0x04, 2, 0, 0xffff, 0x00,
     "String Property ID"                                                                                                     },
    {KEY_SM_STRING_PROPERTY_VALUE,         KEY_NONE,                      SM_STRING, 0x06, 1, 0, 0xff,   0x00,
     "String Property Value"                                                                                                  },
    {KEY_SM_STRING_PROPERTY_PARENT_HANDLE, KEY_SM_STRING_PROPERTY_PARENT, SM_HANDLE, 0x07, 2, 0,
     0xffff,                                                                                             0x00, "Parent Handle"},
};

const struct smbios_type smbios_types_high[] = {
    {18,  23, 0,  "memory-error",         "32-bit Memory Error Information",      memory_error_rows,
     ARRAY_LEN(memory_error_rows)                                                                                                               },
    {19,  15, 0,  "memory-range",         "Memory Array Mapped Address",          memory_range_rows,
     ARRAY_LEN(memory_range_rows)                                                                                                               },
    {20,  19, 0,  "memory-device-range",  "Memory Device Mapped Address",         memory_device_range_rows,
     ARRAY_LEN(memory_device_range_rows)                                                                                                        },
    {21,  7,  0,  "pointing-device",      "Built-in Pointing Device",             pointing_device_rows,
     ARRAY_LEN(pointing_device_rows)                                                                                                            },
    {22,  16, 4,  "battery",              "Portable Battery",                     battery_rows,             ARRAY_LEN(battery_rows)             },
    {23,  13, 0,  "system-reset",         "System Reset",                         system_reset_rows,
     ARRAY_LEN(system_reset_rows)                                                                                                               },
    {24,  5,  0,  "hardware-security",    "Hardware Security",                    hardware_security_rows,
     ARRAY_LEN(hardware_security_rows)                                                                                                          },
    {25,  9,  0,  "power-controls",       "System Power Controls",                power_controls_rows,
     ARRAY_LEN(power_controls_rows)                                                                                                             },
    {26,  20, 4,  "voltage-probe",        "Voltage Probe",                        voltage_probe_rows,
     ARRAY_LEN(voltage_probe_rows)                                                                                                              },
    {27,  12, 14, "cooling-device",       "Cooling Device",                       cooling_device_rows,
     ARRAY_LEN(cooling_device_rows)                                                                                                             },
    {28,  20, 4,  "temperature-probe",    "Temperature Probe",                    temperature_probe_rows,
     ARRAY_LEN(temperature_probe_rows)                                                                                                          },
    {29,  20, 4,  "current-probe",        "Electrical Current Probe",             current_probe_rows,
     ARRAY_LEN(current_probe_rows)                                                                                                              },
    {30,  6,  0,  "remote-access",        "Out-of-band Remote Access",            remote_access_rows,
     ARRAY_LEN(remote_access_rows)                                                                                                              },
    {31,  28, 0,  "boot-integrity",       "Boot Integrity Services Entry Point",  boot_integrity_rows,
     ARRAY_LEN(boot_integrity_rows)                                                                                                             },
    {32,  11, 0,  "boot-status",          "System Boot Information",              boot_status_rows,
     ARRAY_LEN(boot_status_rows)                                                                                                                },
    {33,  31, 0,  "memory-error-64",      "64-bit Memory Error Information",      memory_error_64_rows,
     ARRAY_LEN(memory_error_64_rows)                                                                                                            },
    {34,  11, 4,  "management-device",    "Management Device",                    management_device_rows,
     ARRAY_LEN(management_device_rows)                                                                                                          },
    {35,  11, 4,  "management-component", "Management Device Component",
     management_component_rows,                                                                             ARRAY_LEN(management_component_rows)},
    {36,  16, 0,  "management-threshold", "Management Device Threshold Data",
     management_threshold_rows,                                                                             ARRAY_LEN(management_threshold_rows)},
    {37,  7,  0,  "memory-channel",       "Memory Channel",                       memory_channel_rows,
     ARRAY_LEN(memory_channel_rows)                                                                                                             },
    {38,  16, 0,  "ipmi",                 "IPMI Device Information",              ipmi_rows,                ARRAY_LEN(ipmi_rows)                },
    {39,  16, 5,  "power-supply",         "System Power Supply",                  power_supply_rows,
     ARRAY_LEN(power_supply_rows)                                                                                                               },
    {40,  5,  0,  "additional",           "Additional Information",               additional_rows,
     ARRAY_LEN(additional_rows)                                                                                                                 },
    {41,  11, 4,  "onboard-device",       "Onboard Device",                       onboard_device_rows,
     ARRAY_LEN(onboard_device_rows)                                                                                                             },
    {42,  5,  0,  "host-interface",       "Management Controller Host Interface", host_interface_rows,
     ARRAY_LEN(host_interface_rows)                                                                                                             },
    {43,  27, 0,  "tpm",                  "TPM Device",                           tpm_rows,                 ARRAY_LEN(tpm_rows)                 },
    {44,  6,  0,  "processor-additional", "Processor Additional Information",
     processor_additional_rows,                                                                             ARRAY_LEN(processor_additional_rows)},
    {45,  24, 4,  "firmware",             "Firmware Inventory Information",       firmware_rows,
     ARRAY_LEN(firmware_rows)                                                                                                                   },
    {46,  9,  0,  "string-property",      "String Property",                      string_property_rows,
     ARRAY_LEN(string_property_rows)                                                                                                            },
    {126, 4,  0,  "inactive",             "Inactive",                             NULL,                     0                                   },
    {127, 4,  0,  "end-of-table",         "End Of Table",                         NULL,                     0                                   },
};

const size_t smbios_types_high_count = ARRAY_LEN(smbios_types_high);
