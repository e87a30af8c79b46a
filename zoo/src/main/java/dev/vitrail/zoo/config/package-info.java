/** What a model is: the JSON config, read strictly. */
package dev.vitrail.zoo.config;
